// SPDX-License-Identifier: Apache-2.0
package io.hongyan.simnet;

/** Where a link stands between good and bad (see {@link BurstLoss}). Confined to its link. */
final class BurstState {

    private final RandomStream transitions;
    private final RandomStream losses;
    private boolean bad;
    private long switchNanos;

    BurstState(long seed, String link) {
        this.transitions = RandomStream.of(seed, link + " burst transitions");
        this.losses = RandomStream.of(seed, link + " burst losses");
    }

    /** Begins in the good state. */
    void begin(BurstLoss bursts, long nowNanos) {
        bad = false;
        if (bursts instanceof BurstLoss.Timed timedBursts) {
            switchNanos = nowNanos + transitions.exponentialNanos(timedBursts.goodNanos());
        }
    }

    /** Moves on by one datagram; whether that one is lost. */
    boolean loses(BurstLoss bursts, long nowNanos) {
        if (bursts instanceof BurstLoss.None) {
            return false;
        }
        if (bursts instanceof BurstLoss.PerDatagram counted) {
            bad ^= transitions.chance(bad ? counted.leave() : counted.enter());
        } else if (bursts instanceof BurstLoss.Timed timedBursts) {
            while (nowNanos - switchNanos >= 0) {
                bad = !bad;
                switchNanos += transitions.exponentialNanos(bad ? timedBursts.badNanos() : timedBursts.goodNanos());
            }
        }
        return losses.chance(bad ? bursts.badLoss() : bursts.goodLoss());
    }
}
