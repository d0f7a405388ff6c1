package io.inmesh.server.source.consul;

import io.inmesh.server.source.SourceService;
import io.inmesh.server.source.SourceSink;
import java.util.Collection;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** What was told, in words: {@code [reviews 1, ratings 2]} for a list, {@code reviews 2} for a change. */
final class Told implements SourceSink {
    private final BlockingQueue<String> words = new LinkedBlockingQueue<>();
    private final BlockingQueue<SourceService> changes = new LinkedBlockingQueue<>();
    private volatile Missing missing = Missing.DELETED;

    String next() throws InterruptedException {
        return words.take();
    }

    String until(String beginning) throws InterruptedException {
        while (true) {
            String word = words.take();
            if (word.startsWith(beginning)) {
                return word;
            }
        }
    }

    /** {@return the next service that was told to be another one since all were listed} */
    SourceService change() throws InterruptedException {
        return changes.take();
    }

    Missing missing() {
        return missing;
    }

    @Override
    public void listed(Collection<SourceService> services, Missing kind) {
        missing = kind;
        changes.clear();
        words.add(services.stream().map(Told::word).toList().toString());
    }

    @Override
    public void changed(SourceService service, Missing kind) {
        missing = kind;
        changes.add(service);
        words.add(word(service));
    }

    private static String word(SourceService service) {
        return service.name() + " " + service.endpoints().size();
    }

    @Override
    public void deleted(String namespace, String name) {
        words.add("deleted " + name);
    }

    @Override
    public void answered() {}

    @Override
    public void failed(String why) {
        words.add("failed: " + why);
    }
}
