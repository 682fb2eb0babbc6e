// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DeliverySamplerTest {
    private static final long MILLI = 1_000_000L;

    private final SentPackets sent = new SentPackets();
    private final DeliverySampler sampler = new DeliverySampler();
    private final RttEstimator rtt = new RttEstimator();
    private final Listener listener = new Listener();

    DeliverySamplerTest() {
        sent.reset(7);
        sampler.reset(7);
    }

    /** Keeps what the sampler said. */
    private static final class Listener implements CongestionController {
        int acks;
        int rounds;
        long rate;
        long roundRate;
        long largestLost;
        int spuriousBytes;
        int roundLost;
        boolean appLimited;

        @Override
        public void onSentFromRest(long nowNanos) {}

        @Override
        public void onAck(DeliverySampler sample, RttEstimator rtt, long nowNanos) {
            acks++;
            rate = sample.rateBytesPerSecond();
            appLimited = sample.isAppLimited();
            largestLost = sample.largestLost();
            spuriousBytes = sample.spuriousBytes();
            if (sample.isRoundOver()) {
                rounds++;
                roundRate = sample.roundRate();
                roundLost = sample.roundLostPackets();
            }
        }

        @Override
        public void reset() {}

        @Override
        public int windowBytes() {
            return MIN_WINDOW_BYTES;
        }

        @Override
        public long pacingBytesPerSecond(RttEstimator rtt) {
            return 1;
        }
    }

    private long send(long millis) {
        long number = sent.next();
        boolean fromRest = sent.outstanding() == 0;
        sent.commit(true, millis * MILLI, 1_000, 0, -1);
        sampler.onSent(number, sent, fromRest, millis * MILLI);
        return number;
    }

    private void ack(long millis, long... numbers) {
        for (long number : numbers) {
            boolean late = sent.state(number) == SentPackets.LOST;
            rtt.sample(millis * MILLI - sent.sentNanos(number), 0);
            sent.settle(number, SentPackets.ACKED);
            sampler.onAcked(number, 1_000, sent.sentNanos(number), late, millis * MILLI);
        }
        process(millis);
    }

    private void lose(long number) {
        sent.settle(number, SentPackets.LOST);
        sampler.onLost(number, 1_000);
    }

    private void process(long millis) {
        sampler.onAckProcessed(listener, sent, rtt, millis * MILLI);
        sent.forgetSettled(millis * MILLI, 1_000 * MILLI);
    }

    @Test
    void measuresTheRateOfTheBottleneckNotOfTheSender() {
        // All at once, acknowledged 10 ms apart: 100 kB a second.
        for (int i = 0; i < 10; i++) {
            send(0);
        }
        for (int i = 0; i < 5; i++) {
            ack(50 + 10 * i, 7 + i);
        }
        for (int i = 0; i < 5; i++) {
            send(95);
        }
        for (int i = 5; i < 15; i++) {
            ack(50 + 10 * i, 7 + i);
        }
        assertThat(listener.rate).isEqualTo(100_000);
    }

    @Test
    void measuresTheRateOfTheSenderWhereAcksComeInClumps() {
        for (int i = 0; i < 20; i++) {
            send(10 * i);
        }
        // Nothing for long, then all: what arrived can have left no faster.
        ack(240, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);
        assertThat(listener.rate).isBetween(1L, 100_000L);
        ack(241, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26);
        assertThat(listener.rate).isLessThanOrEqualTo(100_000);
    }

    @Test
    void tellsWhatTheApplicationLimitedUntilThatIsDelivered() {
        send(0);
        sampler.onAppLimited(sent.bytesInFlight());
        send(10);
        ack(50, 7);
        assertThat(listener.appLimited).isFalse();
        send(55);
        ack(60, 8);
        assertThat(listener.appLimited).isTrue();
        send(60);
        ack(105, 9);
        assertThat(listener.appLimited).isTrue();
        ack(110, 10);
        assertThat(listener.appLimited).isFalse();
    }

    @Test
    void countsARoundUntilWhatWasSentAfterItsBeginningIsAcknowledged() {
        for (int i = 0; i < 10; i++) {
            send(0);
        }
        ack(50, 7);
        assertThat(listener.rounds).isEqualTo(1);
        send(50);
        ack(60, 8, 9, 10, 11);
        assertThat(listener.rounds).isEqualTo(1);
        lose(12);
        lose(13);
        ack(100, 14, 15, 16);
        ack(100, 17);
        assertThat(listener.rounds).isEqualTo(2);
        assertThat(listener.roundLost).isEqualTo(2);
        assertThat(listener.roundRate).isEqualTo(8 * 1_000 * 20);
    }

    @Test
    void takesBackALossThatProvesSpurious() {
        for (int i = 0; i < 5; i++) {
            send(0);
        }
        ack(50, 10, 11);
        send(50);
        lose(7);
        lose(8);
        process(51);
        assertThat(listener.largestLost).isEqualTo(8);
        ack(60, 7);
        assertThat(listener.spuriousBytes).isEqualTo(1_000);
        ack(100, 12);
        assertThat(listener.roundLost).isEqualTo(1);
    }

    @Test
    void saysNothingWithoutNewsNorOfWhatWentAnotherWay() {
        send(0);
        process(10);
        assertThat(listener.acks).isZero();
        sampler.onMoved(sent.next());
        long next = send(20);
        lose(7);
        process(30);
        assertThat(listener.acks).isZero();
        ack(70, next);
        assertThat(listener.acks).isEqualTo(1);
    }

    @Test
    void growsWithThePacketsUnderWayAndNoFurtherAndIsSmallAgainOnceTrimmed() {
        long small = sampler.heldBytes();
        long first = sent.next();
        for (int i = 0; i < SentPackets.MAX_PACKETS; i++) {
            send(i / 10);
        }
        assertThat(sampler.heldBytes()).isEqualTo(24L * SentPackets.MAX_PACKETS);
        for (long number = first; number < sent.next(); number++) {
            sent.settle(number, SentPackets.ACKED);
            sampler.onAcked(number, 1_000, sent.sentNanos(number), false, 900 * MILLI);
        }
        process(900);
        assertThat(listener.rate).isPositive();
        sampler.reset(sent.next());
        sampler.trim();
        assertThat(sampler.heldBytes()).isEqualTo(small);
    }
}
