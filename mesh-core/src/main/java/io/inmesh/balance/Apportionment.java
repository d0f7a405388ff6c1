package io.inmesh.balance;

/** Divides whole numbers by weights without loss. */
final class Apportionment {

    private Apportionment() {}

    /**
     * {@return whole parts of a number in proportion to weights, which add up to exactly that number}
     *
     * <p>Each part is the exact one rounded down, and what is left goes to those that lost most (largest remainder). A weight of zero
     * gets nothing.
     *
     * @param whole what to divide
     * @param weights at least one of them positive, none negative
     */
    static int[] divide(int whole, double[] weights) {
        double sum = 0;
        for (double weight : weights) {
            sum += weight;
        }
        int[] parts = new int[weights.length];
        double[] lost = new double[weights.length];
        int left = whole;
        for (int i = 0; i < weights.length; i++) {
            double exact = whole * (weights[i] / sum);
            parts[i] = (int) exact;
            lost[i] = exact - parts[i];
            left -= parts[i];
        }
        while (left > 0) {
            int most = most(lost, weights);
            parts[most]++;
            lost[most]--;
            left--;
        }
        return parts;
    }

    private static int most(double[] lost, double[] weights) {
        int most = -1;
        for (int i = 0; i < lost.length; i++) {
            if (weights[i] > 0 && (most < 0 || lost[i] > lost[most])) {
                most = i;
            }
        }
        return most;
    }
}
