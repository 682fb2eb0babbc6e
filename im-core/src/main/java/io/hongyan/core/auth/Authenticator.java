// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.auth;

import io.hongyan.protocol.ThreadSafe;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * SPI: decides who may log in. Called once per LOGIN, on a worker thread and by several at once; never on an event loop.
 * It may block, but a slow one is better asynchronous: the number of logins under way is bounded.
 *
 * <p>The server owns the deadline (5 s by default, the wait for a free place included): a stage that completes later, or
 * never, refuses nobody but its own login, with {@code AUTHENTICATOR_TIMEOUT}. One that throws, or completes with an
 * exception or with null, refuses with {@code AUTHENTICATOR_FAILED}; both tell the client to come back.
 *
 * <p>Several authenticators are asked in the order they were given, until one does not abstain.
 */
@ThreadSafe
@FunctionalInterface
public interface Authenticator {
    /** Judges a login; the stage may complete on any thread. */
    CompletionStage<AuthResult> authenticate(LoginRequest login);

    /** Lets everybody in as whoever they say they are. For tests and for trusted networks. */
    static Authenticator anyone() {
        CompletionStage<AuthResult> accepted = CompletableFuture.completedStage(AuthResult.accept());
        return login -> accepted;
    }
}
