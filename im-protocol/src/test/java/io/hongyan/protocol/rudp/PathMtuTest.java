// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PathMtuTest {
    private static final long SECOND = 1_000_000_000L;
    private static final int BASE = PathMtu.BASE_BYTES;

    private final PathMtu mtu = new PathMtu(1452, true);
    private long now = 5 * SECOND;
    private long number = 100;

    /** Sends the probe that is due; answers its size. */
    private int probe(PathMtu mtu) {
        int bytes = mtu.probeBytes(now);
        assertThat(bytes).as("a probe is due").isGreaterThan(BASE);
        mtu.onProbeSent(++number);
        assertThat(mtu.probeBytes(now)).as("one at a time").isZero();
        return bytes;
    }

    private void probeUntilDone(int passing) {
        while (mtu.probeBytes(now) > 0) {
            int bytes = probe(mtu);
            if (bytes <= passing) {
                mtu.onProbeAcked(number, bytes);
            } else {
                mtu.onProbeLost(number, now);
            }
        }
    }

    private void lose(int datagrams, int bytes) {
        for (int i = 0; i < datagrams; i++) {
            mtu.onLost(++number, bytes);
        }
    }

    @Test
    void growsInTwoStepsToTheMost() {
        assertThat(mtu.bytes()).isEqualTo(BASE);
        int first = probe(mtu);
        mtu.onProbeAcked(number, first);
        assertThat(mtu.bytes()).isEqualTo(1400);
        int second = probe(mtu);
        mtu.onProbeAcked(number, second);
        assertThat(mtu.bytes()).isEqualTo(1452);
        now += 10_000 * SECOND;
        assertThat(mtu.probeBytes(now)).isZero();
    }

    @Test
    void staysWithinItsBoundsOnEveryKindOfPath() {
        PathMtu ipv6 = new PathMtu(1452, false);
        int first = probe(ipv6);
        ipv6.onProbeAcked(number, first);
        int second = probe(ipv6);
        ipv6.onProbeAcked(number, second);
        assertThat(ipv6.bytes()).isEqualTo(1432);
        PathMtu narrow = new PathMtu(1300, true);
        int only = probe(narrow);
        narrow.onProbeAcked(number, only);
        assertThat(narrow.bytes()).isEqualTo(1300);
        assertThat(narrow.probeBytes(now)).isZero();
        assertThat(new PathMtu(1200, true).probeBytes(now)).isZero();
    }

    @Test
    void triesASizeThreeTimesAndAgainAfterTenMinutes() {
        for (int i = 0; i < 3; i++) {
            assertThat(probe(mtu)).isEqualTo(1400);
            mtu.onProbeLost(number, now);
        }
        assertThat(mtu.probeBytes(now)).isZero();
        now += 600 * SECOND - 1;
        assertThat(mtu.probeBytes(now)).isZero();
        now += 1;
        probeUntilDone(1400);
        assertThat(mtu.bytes()).isEqualTo(1400);
        now += 600 * SECOND;
        assertThat(probe(mtu)).isEqualTo(1452);
    }

    @Test
    void believesAProbeThatArrivesAfterItWasTakenForLost() {
        int bytes = probe(mtu);
        mtu.onProbeLost(number, now);
        mtu.onProbeAcked(number, bytes);
        assertThat(mtu.bytes()).isEqualTo(1400);
        assertThat(mtu.probeBytes(now)).isEqualTo(1452);
    }

    @Test
    void keepsTheNewestProbeOnly() {
        probe(mtu);
        long old = number;
        mtu.onProbeLost(old, now);
        probe(mtu);
        mtu.onProbeLost(old, now);
        mtu.onProbeAcked(old, 1400);
        assertThat(mtu.bytes()).isEqualTo(BASE);
        assertThat(mtu.probeBytes(now)).isZero();
        mtu.onProbeAcked(number, 1400);
        assertThat(mtu.bytes()).isEqualTo(1400);
    }

    @Test
    void goesBackForAMinuteWhenOnlyShorterOnesPass() {
        probeUntilDone(1452);
        lose(2, 1434);
        assertThat(mtu.bytes()).isEqualTo(1452);
        lose(1, 1434);
        assertThat(mtu.bytes()).as("until it is known").isEqualTo(BASE);
        mtu.onAcked(++number, 1178, now);
        assertThat(mtu.bytes()).isEqualTo(BASE);
        now += 60 * SECOND - 1;
        assertThat(mtu.probeBytes(now)).isZero();
        now += 1;
        probeUntilDone(1452);
        assertThat(mtu.bytes()).isEqualTo(1452);
    }

    @Test
    void isNotDeceivedByAPauseOfThePath() {
        probeUntilDone(1452);
        lose(5, 1434);
        lose(5, 1178);
        assertThat(mtu.bytes()).isEqualTo(BASE);
        mtu.onAcked(++number, 1434, now);
        assertThat(mtu.bytes()).isEqualTo(1452);
    }

    @Test
    void isNotDeceivedByRandomLoss() {
        probeUntilDone(1452);
        for (int round = 0; round < 10; round++) {
            lose(2, 1434);
            mtu.onAcked(++number, 1434, now);
        }
        // An ack tells of a burst of losses before what it acknowledges.
        mtu.onAcked(number + 10, 1434, now);
        lose(9, 1434);
        mtu.onAcked(number + 20, 1178, now);
        assertThat(mtu.bytes()).isEqualTo(1452);
    }

    @Test
    void countsNoDatagramThatIsShortEnough() {
        probeUntilDone(1452);
        lose(50, BASE);
        mtu.onAcked(++number, BASE, now);
        assertThat(mtu.bytes()).isEqualTo(1452);
    }

    @Test
    void forgetsProbesOfBeforeABlackHole() {
        int bytes = probe(mtu);
        mtu.onProbeAcked(number, bytes);
        probe(mtu);
        long late = number;
        lose(3, 1306);
        mtu.onAcked(++number, 900, now);
        mtu.onProbeAcked(late, 1452);
        mtu.onProbeLost(late, now);
        assertThat(mtu.bytes()).isEqualTo(BASE);
        now += 60 * SECOND;
        assertThat(mtu.probeBytes(now)).isEqualTo(1400);
    }
}
