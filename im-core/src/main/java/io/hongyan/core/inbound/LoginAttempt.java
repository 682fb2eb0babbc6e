// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.inbound;

import io.hongyan.core.auth.AuthResult;
import io.hongyan.core.auth.LoginRequest;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.ThreadSafe;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** One login being judged: the authenticators are asked in turn, and the first verdict counts, once. */
@ThreadSafe
final class LoginAttempt {
    private final LoginRequest request;
    private final long deadlineNanos;
    private final Consumer<AuthResult> verdict;
    private volatile String platformClass = "";
    private final AtomicBoolean over = new AtomicBoolean();

    // Guarded by the queue. Its verdict and its task each hold its place.
    private int holders = 2;
    private boolean stuck;

    /**
     * @param deadlineNanos when it is refused if not judged
     * @param verdict called once, on any thread
     */
    LoginAttempt(LoginRequest request, long deadlineNanos, Consumer<AuthResult> verdict) {
        this.request = request;
        this.deadlineNanos = deadlineNanos;
        this.verdict = verdict;
    }

    LoginRequest request() {
        return request;
    }

    /** The class of devices that the login is counted in. */
    String platformClass() {
        return platformClass;
    }

    void platformClass(String name) {
        platformClass = name;
    }

    boolean isOverdue(long nowNanos) {
        return nowNanos - deadlineNanos >= 0;
    }

    boolean isOver() {
        return over.get();
    }

    /** Ends it with this verdict, unless it is over. @return whether it was not */
    boolean end(AuthResult result) {
        if (!over.compareAndSet(false, true)) {
            return false;
        }
        verdict.accept(result);
        return true;
    }

    /** Ends it with the refusal of an authenticator that was late. @return whether it was not over */
    boolean endLate() {
        return end(AuthResult.reject(ReasonCode.AUTHENTICATOR_TIMEOUT, "the login took too long"));
    }

    /** Its verdict has come, or its task has returned. The queue's lock. @return whether that was the last of the two */
    boolean letGo() {
        return --holders == 0;
    }

    /** It was refused as late while its task had not returned. The queue's lock. */
    void stick() {
        stuck = true;
    }

    /** The queue's lock. */
    boolean isStuck() {
        return stuck;
    }
}
