// SPDX-License-Identifier: Apache-2.0
package io.hongyan.simnet;

/** One direction through a {@link UdpRelay}: its link and how late it was. Guarded by the relay's lock. */
final class RelayWay {

    private final Link link;
    private final long[] lateSteps = new long[LatenessScale.STEPS];
    private long left;
    private long totalLateNanos;
    private long maxLateNanos;

    RelayWay(Link link) {
        this.link = link;
    }

    Link link() {
        return link;
    }

    /** A datagram has left so much later than due. */
    void leftLate(int length, long lateNanos) {
        link.forwarded(length);
        left++;
        totalLateNanos += lateNanos;
        maxLateNanos = Math.max(maxLateNanos, lateNanos);
        lateSteps[LatenessScale.stepOf(lateNanos)]++;
    }

    Lateness lateness() {
        return new Lateness(left, totalLateNanos, maxLateNanos, lateSteps.clone());
    }
}
