package io.inmesh.balance;

/** Assigns every hash to one of the endpoints it was made of, and knows whom to ask next. Immutable. */
interface HashTable {

    /** {@return where to begin for a hash} */
    long start(long hash);

    /**
     * {@return index of an endpoint to ask}
     *
     * @param start where the hash begins
     * @param step 0 for the owner of the hash, 1 for whom to ask after it, and so on; less than {@link #steps()}
     */
    int member(long start, int step);

    /** {@return how many steps there are; after them not every endpoint need have been met} */
    int steps();

    /** {@return bytes its arrays take} */
    long bytes();
}
