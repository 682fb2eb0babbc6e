// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

/**
 * The end of one connection: with which code, how often the peer was told, and until when the connection is remembered.
 * CLOSE leaves up to three times, a timeout apart, until the peer answers with its own; who goes on speaking is told
 * again, six times in all.
 */
final class Farewell {
    private static final int CLOSES_UNASKED = 3;
    private static final int CLOSES_IN_ALL = 6;
    private static final int LINGER_TIMEOUTS = 3;
    private static final long LONGEST_LINGER_NANOS = 3_000_000_000L;

    private int code;
    private boolean called;
    private boolean told;
    private int toSend;
    private int sent;
    private long lingerUntilNanos;
    private long nextCloseNanos;

    /** The application closes with this code. */
    void call(int code) {
        called = true;
        this.code = code;
    }

    /** Whether the application has closed. */
    boolean isCalled() {
        return called;
    }

    /** The code the peer is told. */
    int code() {
        return code;
    }

    /**
     * Notes that the application is told of the end now, with this code unless it has closed with its own; false if it
     * was told before.
     */
    boolean tell(int code) {
        if (told) {
            return false;
        }
        told = true;
        if (!called) {
            this.code = code;
        }
        return true;
    }

    /** This side begins to say CLOSE. */
    void begin(long nowNanos, RttEstimator rtt) {
        linger(nowNanos, rtt);
        toSend = 1;
        nextCloseNanos = nowNanos + rtt.timeoutNanos();
    }

    /** The peer said CLOSE first, and gets one as confirmation. */
    void confirm(long nowNanos, RttEstimator rtt) {
        linger(nowNanos, rtt);
        toSend = 1;
        nextCloseNanos = lingerUntilNanos;
    }

    private void linger(long nowNanos, RttEstimator rtt) {
        lingerUntilNanos = nowNanos + Math.min(LINGER_TIMEOUTS * rtt.timeoutNanos(), LONGEST_LINGER_NANOS);
    }

    /** The peer confirmed. */
    void confirmed() {
        toSend = 0;
        nextCloseNanos = lingerUntilNanos;
    }

    /** The peer speaks still; answers whether it is to be told again. */
    boolean remind() {
        if (sent >= CLOSES_IN_ALL) {
            return false;
        }
        toSend = 1;
        return true;
    }

    /** Takes the right to send one CLOSE. */
    boolean take() {
        if (toSend == 0) {
            return false;
        }
        toSend--;
        sent++;
        return true;
    }

    /** When {@link #isOver} or {@link #repeat} wants to be asked. */
    long deadlineNanos() {
        return Math.min(nextCloseNanos, lingerUntilNanos);
    }

    /** Whether the connection may be forgotten. */
    boolean isOver(long nowNanos) {
        return lingerUntilNanos - nowNanos <= 0;
    }

    /** Lets CLOSE leave again where no confirmation has come. */
    void repeat(long nowNanos, RttEstimator rtt) {
        if (nextCloseNanos - nowNanos > 0) {
            return;
        }
        if (sent < CLOSES_UNASKED) {
            toSend = 1;
            nextCloseNanos = nowNanos + rtt.timeoutNanos();
        } else {
            nextCloseNanos = lingerUntilNanos;
        }
    }
}
