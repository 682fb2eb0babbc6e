// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import io.hongyan.protocol.Confined;
import java.util.random.RandomGenerator;

/**
 * The waits between attempts to come back: full jitter below a bound that doubles.
 *
 * @see ReconnectPolicy
 */
@Confined("owner")
final class Backoff {

    private final long firstMillis;
    private final long longestMillis;
    private final RandomGenerator random;
    private int attempts;

    Backoff(ReconnectPolicy policy, RandomGenerator random) {
        this.firstMillis = policy.first().toMillis();
        this.longestMillis = policy.longest().toMillis();
        this.random = random;
    }

    /**
     * The wait before the next attempt, in milliseconds.
     *
     * @param askedMillis what the server asked for, 0 = nothing; waited in full, and up to as much again
     */
    long nextMillis(long askedMillis) {
        // A shift of 30 takes the smallest first bound beyond the longest one: a day.
        long bound = Math.min(longestMillis, firstMillis << Math.min(attempts, 30));
        attempts++;
        return askedMillis + random.nextLong(Math.max(bound, askedMillis) + 1);
    }

    /**
     * The wait in ms that a server has drawn for this client alone: it is spread already, and gets but a little more, should
     * the server have told all the same.
     */
    long drawnMillis(long askedMillis) {
        return askedMillis + random.nextLong(Math.max(firstMillis, askedMillis / 10) + 1);
    }

    /** When to try one server again, in ms: what it asked for, and up to as much again. */
    long spreadMillis(long askedMillis) {
        return askedMillis + random.nextLong(askedMillis + 1);
    }

    /** A login held: the next loss starts small again. */
    void reset() {
        attempts = 0;
    }
}
