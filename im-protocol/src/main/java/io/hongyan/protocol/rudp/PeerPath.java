// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Where the peer is, and whether it has proved to be there (RFC 9000 §8.2, §9). A new address may be sent three times the
 * bytes that came from it, until an unguessable challenge comes back; without that, the last proved one counts again.
 * While there is no such one, since the peer began with a ticket, an address may be sent as much as came from it.
 */
final class PeerPath {
    private static final long LEAST_PROOF_NANOS = 1_000_000_000L;
    private static final int PROOF_TIMEOUTS = 6;
    private static final int AMPLIFICATION = 3;
    private static final int AMPLIFICATION_OF_STRANGERS = 1;

    /** Null until much bulk has waited on this path. */
    @Nullable
    PathMtu mtu;

    private final PeerAddress remote = new PeerAddress();
    private @Nullable Validation validation;

    /** A path that is proved from the start: by a cookie, or since this side chose it. */
    PeerPath(PeerAddress remote) {
        this.remote.copyFrom(remote);
    }

    /** The peer has proved nothing, and does so by bringing back the challenge. */
    void requireProof(long challenge) {
        validation = new Validation(null, challenge, Deadlines.NONE);
    }

    /** The present address; not to be changed by others. */
    PeerAddress remote() {
        return remote;
    }

    /**
     * An authentic datagram came.
     *
     * @param isNewest whether its packet number is the largest so far: only such a one moves the path
     * @return whether the path moved
     */
    boolean onReceived(
            PeerAddress from, boolean isNewest, int bytes, long nowNanos, RttEstimator rtt, RandomGenerator random) {
        Validation validation = this.validation;
        if (remote.sameAs(from)) {
            if (validation != null) {
                validation.credit(bytes);
            }
            return false;
        }
        if (!isNewest) {
            return false;
        }
        PeerAddress proved = validation == null ? remote.copy() : validation.proved;
        remote.copyFrom(from);
        if (proved != null && proved.sameAs(from)) {
            this.validation = null;
        } else {
            long wait = Math.max(LEAST_PROOF_NANOS, PROOF_TIMEOUTS * rtt.timeoutNanos());
            Validation begun =
                    new Validation(proved, random.nextLong(), proved == null ? Deadlines.NONE : nowNanos + wait);
            begun.credit(bytes);
            this.validation = begun;
        }
        return true;
    }

    /** PATH_RESPONSE came. */
    void onResponse(long data) {
        Validation validation = this.validation;
        if (validation != null && validation.challenge == data) {
            this.validation = null;
        }
    }

    /** Goes back to the proved address if the proof of the present one is overdue; answers whether it did. */
    boolean returnIfOverdue(long nowNanos) {
        Validation validation = this.validation;
        if (validation == null) {
            return false;
        }
        PeerAddress proved = validation.proved;
        if (proved == null || validation.deadlineNanos - nowNanos > 0) {
            return false;
        }
        remote.copyFrom(proved);
        this.validation = null;
        return true;
    }

    void onSent(int bytes) {
        Validation validation = this.validation;
        if (validation != null) {
            validation.creditBytes -= bytes;
        }
    }

    /** Whether the present address must prove itself. */
    boolean needsProof() {
        return validation != null;
    }

    /** Whether the peer has proved no address so far. */
    boolean isStranger() {
        return validation != null && validation.proved == null;
    }

    /** What PATH_CHALLENGE says; 0 if no proof is needed. */
    long challenge() {
        Validation validation = this.validation;
        return validation == null ? 0 : validation.challenge;
    }

    /** How long a datagram may be now. */
    int allowedBytes() {
        Validation validation = this.validation;
        return validation == null
                ? RudpConfig.DATAGRAM_BYTES
                : (int) Math.min(validation.creditBytes, RudpConfig.DATAGRAM_BYTES);
    }

    /** When {@link #returnIfOverdue} wants to be called. */
    long deadlineNanos() {
        Validation validation = this.validation;
        return validation == null ? Deadlines.NONE : validation.deadlineNanos;
    }

    /** What is kept while a proof is awaited. */
    private static final class Validation {
        /** Null if no address was proved so far. */
        final @Nullable PeerAddress proved;

        final long challenge;
        final long deadlineNanos;
        long creditBytes;

        Validation(@Nullable PeerAddress proved, long challenge, long deadlineNanos) {
            this.proved = proved;
            this.challenge = challenge;
            this.deadlineNanos = deadlineNanos;
        }

        /** So many bytes came from the address. */
        void credit(int bytes) {
            creditBytes += (long) (proved == null ? AMPLIFICATION_OF_STRANGERS : AMPLIFICATION) * bytes;
        }
    }
}
