package io.inmesh.server.jwks;

import java.io.IOException;

/** Asks an address for a document. */
interface KeyFetcher {

    /**
     * {@return the document at a URL}
     *
     * @throws IOException if it cannot be had; the message is one sentence for operators, and quotes nothing of an answer
     */
    String get(String url) throws IOException;
}
