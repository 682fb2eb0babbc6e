// SPDX-License-Identifier: Apache-2.0
package io.hongyan.simnet;

/**
 * Loss that comes in bursts (the Gilbert-Elliott model): a link is in a good or in a bad state, and each state loses
 * its own share of datagrams. Immutable.
 *
 * <p>Bursts counted in datagrams are what papers use; bursts counted in time are what radio does, and what to compare
 * senders by, since with the former a sender that falls silent also stretches the burst.
 */
public sealed interface BurstLoss {

    /** No bursts. */
    BurstLoss NONE = new None();

    /** The share of datagrams lost in the good state, 0 to 1. */
    double goodLoss();

    /** The share of datagrams lost in the bad state, 0 to 1. */
    double badLoss();

    /**
     * Bursts counted in datagrams, which lose everything while they last: on average 1 / leave datagrams each.
     *
     * @param enter the chance that a datagram in the good state begins a burst, 0 to 1
     * @param leave the chance that a datagram in the bad state ends it, above 0 to 1
     */
    static BurstLoss perDatagram(double enter, double leave) {
        return new PerDatagram(enter, leave, 0, 1);
    }

    /**
     * Bursts counted in time, which lose everything while they last; both durations are exponential.
     *
     * @param goodMillis mean time between bursts, 0.1 ms to 1 day
     * @param badMillis mean time a burst lasts, 0.1 ms to 1 day
     */
    static BurstLoss timed(double goodMillis, double badMillis) {
        return new Timed(Units.nanosOfMillis(goodMillis), Units.nanosOfMillis(badMillis), 0, 1);
    }

    /** The link is always in the good state, which loses nothing. */
    record None() implements BurstLoss {
        @Override
        public double goodLoss() {
            return 0;
        }

        @Override
        public double badLoss() {
            return 0;
        }

        @Override
        public String toString() {
            return "none";
        }
    }

    /**
     * Bursts counted in datagrams.
     *
     * @param enter the chance that a datagram in the good state begins a burst, 0 to 1
     * @param leave the chance that a datagram in the bad state ends it, above 0 to 1
     * @param goodLoss the share lost in the good state, 0 to 1
     * @param badLoss the share lost in the bad state, 0 to 1
     */
    record PerDatagram(double enter, double leave, double goodLoss, double badLoss) implements BurstLoss {
        /** Checks the ranges. */
        public PerDatagram {
            new Mistakes("burst loss")
                    .share("enter", enter)
                    .share("leave", leave)
                    .require(leave > 0, "leave must be above 0, or a burst never ends")
                    .share("goodLoss", goodLoss)
                    .share("badLoss", badLoss)
                    .throwIfAny();
        }

        @Override
        public String toString() {
            return "enter " + Units.percent(enter) + " leave " + Units.percent(leave) + " per datagram, loss "
                    + Units.percent(goodLoss) + "/" + Units.percent(badLoss);
        }
    }

    /**
     * Bursts counted in time, however many datagrams are sent.
     *
     * @param goodNanos mean time in the good state, 0.1 ms to 1 day
     * @param badNanos mean time in the bad state, 0.1 ms to 1 day
     * @param goodLoss the share lost in the good state, 0 to 1
     * @param badLoss the share lost in the bad state, 0 to 1
     */
    record Timed(long goodNanos, long badNanos, double goodLoss, double badLoss) implements BurstLoss {
        private static final long MIN_STATE_NANOS = Units.MILLI_NANOS / 10;

        /** Checks the ranges. */
        public Timed {
            new Mistakes("burst loss")
                    .range("goodNanos", goodNanos, MIN_STATE_NANOS, Units.DAY_NANOS)
                    .range("badNanos", badNanos, MIN_STATE_NANOS, Units.DAY_NANOS)
                    .share("goodLoss", goodLoss)
                    .share("badLoss", badLoss)
                    .throwIfAny();
        }

        @Override
        public String toString() {
            return "good " + Units.millis(goodNanos) + " bad " + Units.millis(badNanos) + ", loss "
                    + Units.percent(goodLoss) + "/" + Units.percent(badLoss);
        }
    }
}
