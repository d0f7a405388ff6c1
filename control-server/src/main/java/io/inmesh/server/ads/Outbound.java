package io.inmesh.server.ads;

import io.grpc.Status;

/** The sending side of a client's stream: one of the two xDS protocols. Used from one thread at a time. */
interface Outbound {
    /** The most bytes of resources in a response that can be split; gRPC clients take 4 MiB unless told otherwise. */
    int MAX_RESPONSE_BYTES = 3 << 20;

    /** Whether the transport takes another message without buffering it. */
    boolean ready();

    /** Whether the client is told of names that are gone even if nothing else changes. */
    boolean tellsRemovals(TypeState state);

    /**
     * Sends an update, or as much of it as fits.
     *
     * @return what has been sent
     */
    Update send(TypeState state, Update update, String nonce);

    /** Answers what a client told about its health. */
    void sendHealthAnswer(String answer, String nonce);

    /** Ends the stream. */
    void close(Status status);
}
