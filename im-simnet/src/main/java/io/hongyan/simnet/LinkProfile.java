// SPDX-License-Identifier: Apache-2.0
package io.hongyan.simnet;

import java.util.Objects;

/**
 * What one direction of a link does to the datagrams that cross it. Immutable; a profile that exists is valid.
 *
 * <p>A datagram meets the impairments in this order: MTU, bottleneck queue, cut, loss, then corruption, delay, jitter
 * and reordering, then duplication. Loss is behind the bottleneck: a lost datagram has used link time, so the best
 * possible goodput is rate × (1 - loss).
 *
 * <p>Made with {@link #builder(String)}, from another one with {@link #toBuilder()}, or taken by name from
 * {@link LinkProfiles}.
 *
 * @param name what people call it, 1 to 64 characters
 * @param delayNanos one-way delay, 0 to 60 s
 * @param jitterNanos spread of the delay, 0 to 60 s
 * @param jitterShape how the delay is spread
 * @param keepsOrder whether jitter keeps datagrams in order (true) or lets them overtake (false)
 * @param loss share of datagrams lost, each on its own, 0 to 1
 * @param bursts loss in bursts, in addition
 * @param duplication share of datagrams that arrive twice, 0 to 1; the copy has a jitter of its own
 * @param reordering share of datagrams held back by {@code reorderExtraNanos}, 0 to 1; these others may overtake even
 *     where jitter keeps the order
 * @param reorderExtraNanos how long they are held back, 0 to 60 s
 * @param corruption share of datagrams with one bit flipped, 0 to 1; a copy made by duplication is not flipped
 * @param rateBitsPerSecond rate of the bottleneck, 1,000 to 10^12; 0 for none
 * @param queueBytes size of the queue in front of the bottleneck, 1 B to 1 GiB; what does not fit is dropped, though a
 *     datagram that finds the queue empty always fits
 * @param overheadBytes what each datagram costs at the bottleneck beyond its payload, 0 to 1,000
 * @param mtuBytes the largest payload that passes, 1 to 65,535, 0 for no limit; larger ones vanish in silence
 */
public record LinkProfile(
        String name,
        long delayNanos,
        long jitterNanos,
        JitterShape jitterShape,
        boolean keepsOrder,
        double loss,
        BurstLoss bursts,
        double duplication,
        double reordering,
        long reorderExtraNanos,
        double corruption,
        long rateBitsPerSecond,
        int queueBytes,
        int overheadBytes,
        int mtuBytes) {

    /**
     * Checks every value.
     *
     * @throws IllegalArgumentException naming all mistakes
     */
    public LinkProfile {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(jitterShape, "jitterShape");
        Objects.requireNonNull(bursts, "bursts");
        new Mistakes("link profile " + (name.length() > MAX_NAME ? name.substring(0, MAX_NAME) : name))
                .require(!name.isBlank() && name.length() <= MAX_NAME, "name must have 1 to 64 characters")
                .range("delayNanos", delayNanos, 0, MAX_DELAY_NANOS)
                .range("jitterNanos", jitterNanos, 0, MAX_DELAY_NANOS)
                .share("loss", loss)
                .share("duplication", duplication)
                .share("reordering", reordering)
                .range("reorderExtraNanos", reorderExtraNanos, 0, MAX_DELAY_NANOS)
                .share("corruption", corruption)
                .require(
                        rateBitsPerSecond == 0
                                || rateBitsPerSecond >= MIN_RATE && rateBitsPerSecond <= 1_000_000_000_000L,
                        "rateBitsPerSecond must be 0 (no limit) or 1000 to 10^12: " + rateBitsPerSecond)
                .range("queueBytes", queueBytes, 1, 1 << 30)
                .range("overheadBytes", overheadBytes, 0, 1000)
                .range("mtuBytes", mtuBytes, 0, 65_535)
                .throwIfAny();
    }

    /** A builder that begins with a perfect link: no delay, no limit, nothing lost. */
    public static Builder builder(String name) {
        return new Builder(name);
    }

    /**
     * A profile of {@link LinkProfiles} by name, as {@code named("wifi")}.
     *
     * @throws IllegalArgumentException if there is none, naming those there are
     */
    public static LinkProfile named(String name) {
        return LinkProfiles.named(name);
    }

    /** A builder that begins with this profile. */
    public Builder toBuilder() {
        Builder builder = new Builder(name);
        builder.delayNanos = delayNanos;
        builder.jitterNanos = jitterNanos;
        builder.jitterShape = jitterShape;
        builder.keepsOrder = keepsOrder;
        builder.loss = loss;
        builder.bursts = bursts;
        builder.duplication = duplication;
        builder.reordering = reordering;
        builder.reorderExtraNanos = reorderExtraNanos;
        builder.corruption = corruption;
        builder.rateBitsPerSecond = rateBitsPerSecond;
        builder.queueBytes = queueBytes;
        builder.overheadBytes = overheadBytes;
        builder.mtuBytes = mtuBytes;
        return builder;
    }

    /** The name and every impairment that is switched on, in one line. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(name).append(" {delay ").append(Units.millis(delayNanos));
        if (jitterNanos > 0) {
            text.append(", jitter ").append(Units.millis(jitterNanos));
            text.append(jitterShape == JitterShape.NORMAL ? " normal" : " uniform");
            text.append(keepsOrder ? " in order" : "");
        }
        appendShare(text, "loss", loss);
        if (!bursts.equals(BurstLoss.NONE)) {
            text.append(", bursts (").append(bursts).append(')');
        }
        appendShare(text, "duplication", duplication);
        appendShare(text, "reordering", reordering);
        if (reordering > 0) {
            text.append(" by ").append(Units.millis(reorderExtraNanos));
        }
        appendShare(text, "corruption", corruption);
        if (rateBitsPerSecond > 0) {
            text.append(", rate ").append(rateBitsPerSecond).append(" bit/s");
            text.append(", queue ").append(queueBytes).append(" B, overhead ");
            text.append(overheadBytes).append(" B");
        }
        if (mtuBytes > 0) {
            text.append(", MTU ").append(mtuBytes).append(" B");
        }
        return text.append('}').toString();
    }

    private static void appendShare(StringBuilder text, String impairment, double share) {
        if (share > 0) {
            text.append(", ").append(impairment).append(' ').append(Units.percent(share));
        }
    }

    /** Collects the values of a {@link LinkProfile}; they are checked when it is built. Confined to one thread. */
    public static final class Builder {
        private String name;
        private long delayNanos;
        private long jitterNanos;
        private JitterShape jitterShape = JitterShape.UNIFORM;
        private boolean keepsOrder;
        private double loss;
        private BurstLoss bursts = BurstLoss.NONE;
        private double duplication;
        private double reordering;
        private long reorderExtraNanos = DEFAULT_REORDER_EXTRA_NANOS;
        private double corruption;
        private long rateBitsPerSecond;
        private int queueBytes = DEFAULT_QUEUE_BYTES;
        private int overheadBytes = IP_AND_UDP_HEADER_BYTES;
        private int mtuBytes;

        private Builder(String name) {
            this.name = name;
        }

        /** Another name. */
        public Builder name(String newName) {
            name = newName;
            return this;
        }

        /** One-way delay, 0 to 60,000 ms. */
        public Builder delayMillis(double millis) {
            delayNanos = Units.nanosOfMillis(millis);
            return this;
        }

        /** Spread of the delay, 0 to 60,000 ms. Datagrams may overtake each other unless {@link #keepOrder()}. */
        public Builder jitterMillis(double millis, JitterShape shape) {
            jitterNanos = Units.nanosOfMillis(millis);
            jitterShape = shape;
            return this;
        }

        /** Jitter keeps datagrams in order, as a queue does. */
        public Builder keepOrder() {
            keepsOrder = true;
            return this;
        }

        /** Jitter lets datagrams overtake each other; the default. */
        public Builder allowOvertaking() {
            keepsOrder = false;
            return this;
        }

        /** Share of datagrams lost, each on its own, 0 to 1. */
        public Builder loss(double share) {
            loss = share;
            return this;
        }

        /** Loss in bursts, in addition to {@link #loss}. */
        public Builder bursts(BurstLoss burstLoss) {
            bursts = burstLoss;
            return this;
        }

        /** Share of datagrams that arrive twice, 0 to 1. */
        public Builder duplication(double share) {
            duplication = share;
            return this;
        }

        /** Share of datagrams held back so that others overtake, 0 to 1, and for how long, 0 to 60,000 ms. */
        public Builder reordering(double share, double extraMillis) {
            reordering = share;
            reorderExtraNanos = Units.nanosOfMillis(extraMillis);
            return this;
        }

        /** Share of datagrams with one bit flipped, 0 to 1. */
        public Builder corruption(double share) {
            corruption = share;
            return this;
        }

        /**
         * A bottleneck.
         *
         * @param bitsPerSecond 1,000 to 10^12; 0 for none
         * @param maxQueueBytes size of the queue in front of it, 1 B to 1 GiB
         */
        public Builder rate(long bitsPerSecond, int maxQueueBytes) {
            rateBitsPerSecond = bitsPerSecond;
            queueBytes = maxQueueBytes;
            return this;
        }

        /** What each datagram costs at the bottleneck beyond its payload, 0 to 1,000 B; 28 (IPv4 and UDP) by default. */
        public Builder overheadBytes(int bytes) {
            overheadBytes = bytes;
            return this;
        }

        /** The largest payload that passes, 1 to 65,535 B; 0 for no limit. */
        public Builder mtuBytes(int bytes) {
            mtuBytes = bytes;
            return this;
        }

        /**
         * The profile.
         *
         * @throws IllegalArgumentException naming all mistakes
         */
        public LinkProfile build() {
            return new LinkProfile(
                    name,
                    delayNanos,
                    jitterNanos,
                    jitterShape,
                    keepsOrder,
                    loss,
                    bursts,
                    duplication,
                    reordering,
                    reorderExtraNanos,
                    corruption,
                    rateBitsPerSecond,
                    queueBytes,
                    overheadBytes,
                    mtuBytes);
        }
    }

    private static final int MAX_NAME = 64;
    private static final long MAX_DELAY_NANOS = 60 * Units.SECOND_NANOS;
    private static final long MIN_RATE = 1_000;
    private static final long DEFAULT_REORDER_EXTRA_NANOS = 10 * Units.MILLI_NANOS;
    private static final int DEFAULT_QUEUE_BYTES = 256 * 1024;
    private static final int IP_AND_UDP_HEADER_BYTES = 28;
}
