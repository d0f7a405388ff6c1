package io.inmesh.inbound;

import io.inmesh.observe.MeshObserver;
import io.inmesh.token.TokenResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the observer what a request has met apart from its own end; nothing that the observer does changes the answer. */
final class InboundEvents {

    private static final Logger LOG = LoggerFactory.getLogger(InboundEvents.class);

    private InboundEvents() {}

    /** A limit has no bucket for a request alone. */
    static void bucketsFull(MeshObserver observer, String limit) {
        try {
            observer.rateLimitFull(limit);
        } catch (RuntimeException e) {
            failed(e);
        }
    }

    /** Verified tokens were forgotten to make room. */
    static void tokensEvicted(MeshObserver observer, TokenResult.Evicted evicted) {
        try {
            observer.tokensEvicted(evicted.issuer(), evicted.tokens());
        } catch (RuntimeException e) {
            failed(e);
        }
    }

    private static void failed(RuntimeException failure) {
        LOG.warn("An observer failed; the request goes on", failure);
    }
}
