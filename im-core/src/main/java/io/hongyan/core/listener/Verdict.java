// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.listener;

import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.ContentKind;
import io.hongyan.protocol.packet.Payload;
import java.util.Objects;

/** What an interceptor decides about a message. */
@ThreadSafe
public sealed interface Verdict {
    /** The message goes on as it is. */
    static Verdict pass() {
        return Pass.INSTANCE;
    }

    /**
     * The message goes on with other content. Id, sender, address and lane stay. A payload larger than the node's largest
     * message is refused with {@link ReasonCode#MESSAGE_TOO_LARGE}.
     */
    static Verdict replace(ContentKind kind, Payload payload) {
        return new Replace(kind, payload);
    }

    /** The message is refused with {@link ReasonCode#REJECTED}. */
    static Verdict reject() {
        return Reject.PLAIN;
    }

    /**
     * The message is refused.
     *
     * @param code one about a message, of 300..399
     */
    static Verdict reject(ReasonCode code) {
        return new Reject(code);
    }

    /** The message goes to somebody else, as if it had been addressed so. */
    static Verdict divert(Address to) {
        return new Divert(to);
    }

    /** Goes on. */
    record Pass() implements Verdict {
        private static final Pass INSTANCE = new Pass();
    }

    /** Goes on changed. */
    record Replace(ContentKind kind, Payload payload) implements Verdict {
        public Replace {
            Objects.requireNonNull(kind, "kind");
            Objects.requireNonNull(payload, "payload");
        }
    }

    /** Is refused. */
    record Reject(ReasonCode code) implements Verdict {
        private static final Reject PLAIN = new Reject(ReasonCode.REJECTED);

        public Reject {
            if (code == ReasonCode.OK || code.endsConnection()) {
                throw new IllegalArgumentException(code + " is not about a message");
            }
        }
    }

    /** Goes elsewhere. */
    record Divert(Address to) implements Verdict {
        public Divert {
            Objects.requireNonNull(to, "to");
        }
    }
}
