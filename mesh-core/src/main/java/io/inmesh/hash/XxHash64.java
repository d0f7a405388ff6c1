package io.inmesh.hash;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * XXH64, the hash of Envoy and gRPC: the same key gives the same number here as there, so clients of all three choose the same
 * endpoint of the same ring.
 *
 * <p>Source: xxHash fast digest algorithm, specification 0.1.1 (Yann Collet). Not for secrets: whoever chooses keys can make them collide.
 */
public final class XxHash64 {

    private static final long PRIME_1 = 0x9E3779B185EBCA87L;
    private static final long PRIME_2 = 0xC2B2AE3D27D4EB4FL;
    private static final long PRIME_3 = 0x165667B19E3779F9L;
    private static final long PRIME_4 = 0x85EBCA77C2B2AE63L;
    private static final long PRIME_5 = 0x27D4EB2F165667C5L;
    private static final int STRIPE = 32;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private XxHash64() {}

    /** {@return the hash of a text in UTF-8 with seed 0} */
    public static long hash(String text) {
        return hash(text, 0);
    }

    /** {@return the hash of a text in UTF-8 with a seed} */
    public static long hash(String text, long seed) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return hash(bytes, bytes.length, seed);
    }

    /**
     * {@return the hash of the beginning of an array}
     *
     * @param input holds what is hashed
     * @param length how many of its bytes are hashed
     * @param seed the seed
     */
    public static long hash(byte[] input, int length, long seed) {
        int at = 0;
        long hash;
        if (length >= STRIPE) {
            long a = seed + PRIME_1 + PRIME_2;
            long b = seed + PRIME_2;
            long c = seed;
            long d = seed - PRIME_1;
            for (; at <= length - STRIPE; at += STRIPE) {
                a = round(a, (long) LONGS.get(input, at));
                b = round(b, (long) LONGS.get(input, at + 8));
                c = round(c, (long) LONGS.get(input, at + 16));
                d = round(d, (long) LONGS.get(input, at + 24));
            }
            hash = Long.rotateLeft(a, 1) + Long.rotateLeft(b, 7) + Long.rotateLeft(c, 12) + Long.rotateLeft(d, 18);
            hash = merge(merge(merge(merge(hash, a), b), c), d);
        } else {
            hash = seed + PRIME_5;
        }
        return avalanche(rest(hash + length, input, at, length));
    }

    private static long rest(long hash, byte[] input, int from, int length) {
        int at = from;
        long mixed = hash;
        for (; at <= length - 8; at += 8) {
            mixed ^= round(0, (long) LONGS.get(input, at));
            mixed = Long.rotateLeft(mixed, 27) * PRIME_1 + PRIME_4;
        }
        if (at <= length - 4) {
            mixed ^= ((int) INTS.get(input, at) & 0xFFFF_FFFFL) * PRIME_1;
            mixed = Long.rotateLeft(mixed, 23) * PRIME_2 + PRIME_3;
            at += 4;
        }
        for (; at < length; at++) {
            mixed ^= (input[at] & 0xFF) * PRIME_5;
            mixed = Long.rotateLeft(mixed, 11) * PRIME_1;
        }
        return mixed;
    }

    private static long round(long lane, long input) {
        return Long.rotateLeft(lane + input * PRIME_2, 31) * PRIME_1;
    }

    private static long merge(long hash, long lane) {
        return (hash ^ round(0, lane)) * PRIME_1 + PRIME_4;
    }

    private static long avalanche(long hash) {
        long mixed = (hash ^ hash >>> 33) * PRIME_2;
        mixed = (mixed ^ mixed >>> 29) * PRIME_3;
        return mixed ^ mixed >>> 32;
    }
}
