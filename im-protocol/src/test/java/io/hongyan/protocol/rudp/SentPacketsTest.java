// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.simnet.RandomStream;
import org.junit.jupiter.api.Test;

class SentPacketsTest {
    private final SentPackets sent = new SentPackets();

    private void send(long nowNanos, int references) {
        long number = sent.next();
        for (int i = 0; i < references; i++) {
            sent.addReference(number * 100 + i, i);
        }
        sent.commit(references > 0, nowNanos, 100, 0, -1);
    }

    @Test
    void keepsReferencesOfEachPacketThroughGrowthAndForgetting() {
        RandomStream random = RandomStream.of(5, "packets");
        sent.reset(1_000);
        int inFlight = 0;
        for (int round = 0; round < 3_000; round++) {
            long number = sent.next();
            int references = (int) random.between(0, 9);
            send(round, references);
            inFlight += references > 0 ? 100 : 0;
            for (long check = sent.first(); check < sent.next(); check++) {
                for (int i = 0; i < sent.references(check); i++) {
                    assertThat(sent.referenceWhat(check, i)).isEqualTo(check * 100 + i);
                    assertThat(sent.referenceRange(check, i)).isEqualTo(i);
                }
            }
            long victim = sent.first() + random.between(0, Math.max(0, Math.min(200, number - sent.first())));
            if (random.chance(0.9) && victim < sent.next() && sent.state(victim) == SentPackets.OUTSTANDING) {
                sent.settle(victim, random.chance(0.5) ? SentPackets.ACKED : SentPackets.LOST);
                inFlight -= 100;
            }
            sent.forgetSettled(round, 50);
            assertThat(sent.bytesInFlight()).isEqualTo(inFlight);
        }
        assertThat(sent.next() - sent.first()).isLessThan(3_000);
    }

    @Test
    void findsTheOldestOutstanding() {
        sent.reset(7);
        assertThat(sent.oldestOutstanding()).isEqualTo(-1);
        send(0, 0);
        send(1, 1);
        send(2, 1);
        assertThat(sent.oldestOutstanding()).isEqualTo(8);
        sent.settle(8, SentPackets.LOST);
        assertThat(sent.oldestOutstanding()).isEqualTo(9);
        sent.settle(9, SentPackets.ACKED);
        assertThat(sent.oldestOutstanding()).isEqualTo(-1);
        sent.forgetSettled(3, 1_000);
        assertThat(sent.first()).isEqualTo(sent.next()).isEqualTo(10);
    }

    @Test
    void keepsLostPacketsForAWhileInCaseTheyWereNot() {
        sent.reset(0);
        send(0, 1);
        send(0, 1);
        sent.settle(0, SentPackets.LOST);
        sent.forgetSettled(10, 50);
        assertThat(sent.first()).isZero();
        sent.forgetSettled(60, 50);
        assertThat(sent.first()).isEqualTo(1);
    }

    @Test
    void doesNotKeepAcksThatNobodyWillAcknowledge() {
        sent.reset(0);
        for (int i = 0; i < 10_000; i++) {
            send(i, 0);
        }
        assertThat(sent.first()).isEqualTo(10_000);
    }
}
