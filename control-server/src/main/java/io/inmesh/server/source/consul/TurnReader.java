package io.inmesh.server.source.consul;

import io.inmesh.server.source.Pacer;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads the instances of services as they are now, a few at a time, so that few connections do for many. On the source's thread. */
final class TurnReader {
    /** With the blocking queries well below the 200 connections that Consul allows a client. */
    static final int AT_ONCE = 8;

    /** After so many failures without an answer between them it is not one service that fails; then all are asked slowly. */
    private static final int MANY_FAILURES = AT_ONCE;

    private static final Duration BREATH = Duration.ofSeconds(1);

    private final ConsulQueries questions;
    private final BiConsumer<String, List<ConsulInstance>> read;
    private final Supplier<Pacer> pacers;
    private final Set<String> soon = new LinkedHashSet<>();
    private final Set<String> sometime = new LinkedHashSet<>();
    private final Map<String, CompletableFuture<ConsulHttp.Answer<List<ConsulInstance>>>> asking = new TreeMap<>();
    private final Map<String, Trouble> troubles = new TreeMap<>();
    private int failuresInARow;
    private boolean pausing;
    private boolean stopped;

    /** Why a service could not be read last, and whether it may be asked for again. */
    private static final class Trouble {
        private final Pacer pacer;
        private final String why;
        private boolean over;

        private Trouble(Pacer pacer, String why) {
            this.pacer = pacer;
            this.why = why;
        }
    }

    /** @param read is told a service and its instances */
    TurnReader(ConsulQueries questions, BiConsumer<String, List<ConsulInstance>> read) {
        this(questions, read, questions::pacer);
    }

    /** @param pacers one for each service that fails */
    TurnReader(ConsulQueries questions, BiConsumer<String, List<ConsulInstance>> read, Supplier<Pacer> pacers) {
        this.questions = questions;
        this.read = read;
        this.pacers = pacers;
    }

    /** Reads these before those that wait; those that have just failed when their pause is over. */
    void soon(Collection<String> names) {
        names.forEach(sometime::remove);
        names.stream().filter(this::mayBeAsked).forEach(soon::add);
        next();
    }

    /** Reads these when nothing else waits. */
    void sometime(Collection<String> names) {
        names.stream().filter(name -> !soon.contains(name) && mayBeAsked(name)).forEach(sometime::add);
        next();
    }

    private boolean mayBeAsked(String name) {
        Trouble trouble = troubles.get(name);
        return trouble == null || trouble.over;
    }

    /** Forgets all others. */
    void only(Set<String> names) {
        soon.retainAll(names);
        sometime.retainAll(names);
        troubles.keySet().retainAll(names);
        asking.entrySet().removeIf(entry -> {
            boolean gone = !names.contains(entry.getKey());
            if (gone) {
                entry.getValue().cancel(true);
            }
            return gone;
        });
    }

    private void next() {
        while (!stopped && !pausing && asking.size() < AT_ONCE) {
            Optional<String> name = take();
            if (name.isEmpty()) {
                return;
            }
            ask(name.get());
        }
    }

    /** One that is being read may be answered with what was before it was wanted again, so it is read again after that. */
    private Optional<String> take() {
        Optional<String> name = Stream.concat(soon.stream(), sometime.stream())
                .filter(one -> !asking.containsKey(one))
                .findFirst();
        name.ifPresent(one -> {
            soon.remove(one);
            sometime.remove(one);
        });
        return name;
    }

    private void ask(String name) {
        CompletableFuture<ConsulHttp.Answer<List<ConsulInstance>>> sent =
                questions.http().ask(Question.instances(name), 0);
        asking.put(name, sent);
        sent.whenComplete((answer, failure) -> questions.thread().after(Duration.ZERO, () -> {
            // What is not wanted any more is not waited for.
            if (asking.remove(name, sent)) {
                answered(name, answer, failure);
            }
        }));
    }

    private void answered(
            String name, ConsulHttp.@Nullable Answer<List<ConsulInstance>> answer, @Nullable Throwable failure) {
        Trouble before = troubles.remove(name);
        try {
            if (answer == null) {
                throw new IOException(ConsulHttp.reason(failure));
            }
            List<ConsulInstance> instances = answer.list();
            failuresInARow = 0;
            read.accept(name, instances);
        } catch (IOException e) {
            failuresInARow++;
            failed(name, before, String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            failed(name, before, "it failed in a way it should not: " + e);
            throw e;
        } finally {
            next();
        }
    }

    /** Others are read meanwhile. */
    private void failed(String name, @Nullable Trouble before, String why) {
        Trouble now = new Trouble(before == null ? pacers.get() : before.pacer, why);
        troubles.put(name, now);
        soon.remove(name);
        sometime.remove(name);
        questions.thread().after(now.pacer.afterFailure(), () -> {
            if (now == troubles.get(name)) {
                now.over = true;
                soon(List.of(name));
            }
        });
        if (failuresInARow >= MANY_FAILURES && !pausing) {
            pausing = true;
            questions.thread().after(BREATH, () -> {
                pausing = false;
                next();
            });
        }
        questions.heard().run();
    }

    /** {@return what could not be read last, and why; empty if everything could} */
    String problem() {
        Iterator<Map.Entry<String, Trouble>> first = troubles.entrySet().iterator();
        if (!first.hasNext()) {
            return "";
        }
        Map.Entry<String, Trouble> one = first.next();
        String others = troubles.size() == 1 ? "" : ", and so for " + (troubles.size() - 1) + " more";
        return Question.instances(one.getKey()).path() + ": " + one.getValue().why + others;
    }

    void stop() {
        stopped = true;
        asking.values().forEach(one -> one.cancel(true));
    }
}
