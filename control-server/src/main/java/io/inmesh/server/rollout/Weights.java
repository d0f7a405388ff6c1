package io.inmesh.server.rollout;

/**
 * How a route divides its requests between two versions; it is their proportion that counts.
 *
 * @param stable weight of the version there was
 * @param canary weight of the new one
 */
public record Weights(int stable, int canary) {

    private static final int ALL = 100;

    /** {@return a division by percent} */
    static Weights percent(int canary) {
        return new Weights(ALL - canary, canary);
    }

    /** {@return such as {@code 95/5}, the stable version first} */
    @Override
    public String toString() {
        return stable + "/" + canary;
    }
}
