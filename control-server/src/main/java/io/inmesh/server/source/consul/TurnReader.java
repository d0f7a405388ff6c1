package io.inmesh.server.source.consul;

import com.fasterxml.jackson.databind.JsonNode;
import io.inmesh.server.source.Pacer;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads the instances of services as they are now, a few at a time, so that few connections do for many. On the source's thread. */
final class TurnReader {
    /** With the blocking queries well below the 200 connections that Consul allows a client. */
    static final int AT_ONCE = 8;

    private final ConsulQueries questions;
    private final BiConsumer<String, JsonNode> read;
    private final Pacer pacer;
    private final Set<String> soon = new LinkedHashSet<>();
    private final Set<String> sometime = new LinkedHashSet<>();
    private final Map<String, CompletableFuture<ConsulHttp.Answer>> asking = new TreeMap<>();
    private final Map<String, String> problems = new TreeMap<>();
    private boolean pausing;
    private boolean stopped;

    /** @param read is told a service and its instances */
    TurnReader(ConsulQueries questions, BiConsumer<String, JsonNode> read) {
        this.questions = questions;
        this.read = read;
        this.pacer = questions.pacer();
    }

    /** Reads these before those that wait. */
    void soon(Collection<String> names) {
        sometime.removeAll(names);
        soon.addAll(names);
        next();
    }

    /** Reads these when nothing else waits. */
    void sometime(Collection<String> names) {
        names.stream().filter(name -> !soon.contains(name)).forEach(sometime::add);
        next();
    }

    /** Forgets all others. */
    void only(Set<String> names) {
        soon.retainAll(names);
        sometime.retainAll(names);
        problems.keySet().retainAll(names);
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
        CompletableFuture<ConsulHttp.Answer> sent = questions.http().ask(ConsulQueries.instances(name), 0);
        asking.put(name, sent);
        sent.whenComplete((answer, failure) -> questions.thread().after(Duration.ZERO, () -> {
            // What is not wanted any more is not waited for.
            if (asking.remove(name, sent)) {
                answered(name, answer, failure);
            }
        }));
    }

    private void answered(String name, ConsulHttp.@Nullable Answer answer, @Nullable Throwable failure) {
        try {
            if (answer == null) {
                throw new IOException("Consul does not answer: " + ConsulHttp.reason(failure));
            }
            JsonNode instances = answer.json();
            problems.remove(name);
            read.accept(name, instances);
            if (problems.isEmpty()) {
                pacer.afterAnswer();
            }
        } catch (IOException e) {
            failed(name, String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            failed(name, "it failed in a way it should not: " + e);
            throw e;
        } finally {
            next();
        }
    }

    private void failed(String name, String why) {
        problems.put(name, why);
        soon.add(name);
        if (!pausing) {
            pausing = true;
            questions.thread().after(pacer.afterFailure(), () -> {
                pausing = false;
                next();
            });
        }
        questions.heard().run();
    }

    /** {@return what could not be read last, and why; empty if everything could} */
    String problem() {
        Iterator<Map.Entry<String, String>> first = problems.entrySet().iterator();
        if (!first.hasNext()) {
            return "";
        }
        Map.Entry<String, String> one = first.next();
        return ConsulQueries.instances(one.getKey()) + ": " + one.getValue();
    }

    void stop() {
        stopped = true;
        asking.values().forEach(one -> one.cancel(true));
    }
}
