package io.inmesh.server.source.consul;

import java.io.IOException;

/** Consul has answered, but with what cannot be used. */
final class UnusableAnswerException extends IOException {
    private static final long serialVersionUID = 1;

    /** @param why what is wrong with the answer, and what to do about it */
    UnusableAnswerException(String why) {
        super("Consul's answer cannot be used: " + why);
    }
}
