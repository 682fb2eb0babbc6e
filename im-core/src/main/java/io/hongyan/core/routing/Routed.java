// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.routing;

import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.ThreadSafe;
import java.util.concurrent.CompletionStage;

/** What became of a message when it was routed: decided at once, or open until the store answers. */
@ThreadSafe
public sealed interface Routed {
    /** Decided with this code; the same object for the same code. */
    static Routed settled(ReasonCode code) {
        return Settled.of(code);
    }

    /** Decided. @param code OK, or why it was refused */
    record Settled(ReasonCode code) implements Routed {
        private static final Settled[] BY_CODE = byCode();

        static Settled of(ReasonCode code) {
            return BY_CODE[code.ordinal()];
        }

        private static Settled[] byCode() {
            ReasonCode[] codes = ReasonCode.values();
            Settled[] settled = new Settled[codes.length];
            for (ReasonCode code : codes) {
                settled[code.ordinal()] = new Settled(code);
            }
            return settled;
        }
    }

    /** Open. @param code completes with OK or the refusal, never with a failure, on any thread */
    record Open(CompletionStage<ReasonCode> code) implements Routed {}
}
