package io.inmesh.cluster;

/**
 * What a cluster had to choose from.
 *
 * @param known all endpoints
 * @param ejected of these, out of rotation
 * @param tried of these, tried in this call
 */
public record PickReport(int known, int ejected, int tried) {

    /** {@return the figures in words} */
    @Override
    public String toString() {
        return known + " known, " + ejected + " ejected, " + tried + " tried";
    }
}
