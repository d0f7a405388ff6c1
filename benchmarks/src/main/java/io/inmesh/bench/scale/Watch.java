package io.inmesh.bench.scale;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Waits until a new version of one resource has been acknowledged by everybody who has it. */
final class Watch {

    private static final long PATIENCE_SECONDS = 120;

    private final String typeUrl;
    private final String name;
    private final int expected;
    private final Set<Member> acknowledged = ConcurrentHashMap.newKeySet();
    private final CountDownLatch done = new CountDownLatch(1);
    private volatile long lastNanos;

    /**
     * @param expected how many have it
     */
    Watch(String typeUrl, String name, int expected) {
        this.typeUrl = typeUrl;
        this.name = name;
        this.expected = expected;
    }

    boolean about(String type, String resource) {
        return typeUrl.equals(type) && name.equals(resource);
    }

    /** One has acknowledged it; counted once, since it may also have been about an earlier change. */
    void acknowledged(Member member) {
        if (acknowledged.add(member) && acknowledged.size() == expected) {
            lastNanos = System.nanoTime();
            done.countDown();
        }
    }

    /** {@return when the last one did, by {@link System#nanoTime}} */
    long await() throws InterruptedException {
        if (!done.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException(
                    acknowledged.size() + " of " + expected + " processes have heard of a change of " + name);
        }
        return lastNanos;
    }
}
