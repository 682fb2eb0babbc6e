// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import io.hongyan.protocol.ReasonCode;

/** Why a client could not connect. Thrown out of {@link ImClient#connect()}'s future only. */
public final class ImClientException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final ReasonCode code;

    ImClientException(ReasonCode code, String text) {
        super(text.isEmpty() ? code.name() : code.name() + ": " + text);
        this.code = code;
    }

    /** The reason: the server's answer to the login, or what the attempt met. */
    public ReasonCode code() {
        return code;
    }
}
