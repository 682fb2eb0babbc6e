// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol;

import java.util.Objects;

/**
 * The peer sent what the protocol forbids. It carries the code the peer is told, and no stack trace: whoever sends
 * hostile bytes decides how often it is thrown, so throwing must cost little.
 *
 * <p>Thrown by readers and decoders; answered where the connection is owned, and nowhere else.
 */
public final class ProtocolException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ReasonCode code;

    /**
     * @param code what the peer is told
     * @param detail which rule was broken, for the log; never bytes of the peer
     */
    public ProtocolException(ReasonCode code, String detail) {
        super(Objects.requireNonNull(detail, "detail"), null, false, false);
        this.code = Objects.requireNonNull(code, "code");
    }

    /** What the peer is told. */
    public ReasonCode code() {
        return code;
    }

    @Override
    public String toString() {
        return "ProtocolException[" + code + ": " + getMessage() + "]";
    }
}
