// SPDX-License-Identifier: Apache-2.0
package io.hongyan.transport.netty;

import io.hongyan.protocol.ReasonCode;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A connector could not reach the server, or the server refused; the reason says whether to try again. */
public final class ConnectFailedException extends IOException {
    private static final long serialVersionUID = 1L;

    private final ReasonCode reason;

    ConnectFailedException(ReasonCode reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    /** {@link ReasonCode#CONNECTION_LOST} for all that the network says, else what the server or the engine said. */
    public ReasonCode reason() {
        return reason;
    }
}
