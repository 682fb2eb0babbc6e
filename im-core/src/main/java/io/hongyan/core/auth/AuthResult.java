// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.auth;

import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.ThreadSafe;
import java.util.Map;
import java.util.Objects;

/** An authenticator's verdict. */
@ThreadSafe
public sealed interface AuthResult {
    /** Lets the login in. */
    static AuthResult accept() {
        return Accepted.PLAIN;
    }

    /**
     * Lets the login in.
     *
     * @param attributes what the application wants to find in the session's info later
     */
    static AuthResult accept(Map<String, String> attributes) {
        return new Accepted(attributes);
    }

    /** Keeps the login out with {@link ReasonCode#LOGIN_REFUSED}. */
    static AuthResult reject(String text) {
        return new Rejected(ReasonCode.LOGIN_REFUSED, text);
    }

    /**
     * Keeps the login out.
     *
     * @param code one that ends connections
     * @param text for people; sent to the client
     */
    static AuthResult reject(ReasonCode code, String text) {
        return new Rejected(code, text);
    }

    /** Leaves the verdict to the next authenticator. When all abstain, the login is refused. */
    static AuthResult abstain() {
        return Abstained.INSTANCE;
    }

    /** Let in. */
    record Accepted(Map<String, String> attributes) implements AuthResult {
        private static final Accepted PLAIN = new Accepted(Map.of());

        public Accepted {
            attributes = Map.copyOf(attributes);
        }
    }

    /** Kept out. */
    record Rejected(ReasonCode code, String text) implements AuthResult {
        public Rejected {
            Objects.requireNonNull(text, "text");
            if (!code.endsConnection()) {
                throw new IllegalArgumentException(code + " does not end a connection");
            }
        }
    }

    /** No opinion. */
    record Abstained() implements AuthResult {
        private static final Abstained INSTANCE = new Abstained();
    }
}
