// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a client comes back after it lost its connection. Immutable.
 *
 * <p>Before attempt n (from 0) the client waits a random time between nothing and {@code first * 2^n}, at most
 * {@code longest}: thousands of clients cut off by one server come back spread, not at once. A delay that a server asked
 * for is waited in full before it is tried again, and on top a random time of up to as much again; other servers are tried
 * meanwhile, unless the one that asked was the one in use. A delay told by a server that goes away was drawn for this
 * client alone: on top of it comes at most a tenth, or {@code first} if that is more. A login that holds for 10 s begins n
 * anew. A server that said <em>do not come back</em> (wrong token, kicked, replaced by another login) is obeyed whatever
 * the policy.
 *
 * @param first upper bound of the first wait; 1 ms or more, default 200 ms
 * @param longest upper bound of any wait; not below {@code first}, default 30 s
 * @param giveUpAfter how long without a login until the client closes itself, at most 36,500 days; {@code null}, the default,
 *     is never; zero means that the first loss ends the client
 */
public record ReconnectPolicy(
        Duration first, Duration longest, @Nullable Duration giveUpAfter) {

    private static final ReconnectPolicy DEFAULTS =
            new ReconnectPolicy(Duration.ofMillis(200), Duration.ofSeconds(30), null);

    /** @throws IllegalArgumentException when a bound is out of its range */
    public ReconnectPolicy {
        if (first.compareTo(Duration.ofMillis(1)) < 0) {
            throw new IllegalArgumentException("first must be 1 ms or more: " + first);
        }
        if (longest.compareTo(first) < 0 || longest.compareTo(Duration.ofDays(1)) > 0) {
            throw new IllegalArgumentException("longest must be between first and a day: " + longest);
        }
        if (giveUpAfter != null && (giveUpAfter.isNegative() || giveUpAfter.compareTo(Duration.ofDays(36_500)) > 0)) {
            throw new IllegalArgumentException("giveUpAfter must be between zero and 36500 days: " + giveUpAfter);
        }
    }

    /** From 200 ms to 30 s, for ever. */
    public static ReconnectPolicy defaults() {
        return DEFAULTS;
    }

    /** The first loss of the connection ends the client. */
    public static ReconnectPolicy never() {
        return DEFAULTS.givingUpAfter(Duration.ZERO);
    }

    /** This policy with another end. */
    public ReconnectPolicy givingUpAfter(Duration time) {
        return new ReconnectPolicy(first, longest, time);
    }
}
