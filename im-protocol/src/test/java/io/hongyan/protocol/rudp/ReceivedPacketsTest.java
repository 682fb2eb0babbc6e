// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.simnet.RandomStream;
import java.util.BitSet;
import org.junit.jupiter.api.Test;

class ReceivedPacketsTest {
    private ReceivedPackets packets = new ReceivedPackets();
    private final WireWriter out = new WireWriter(new byte[1200]);

    private String ack() {
        out.reset(0, 1200);
        packets.writeAck(out, 5_000_000);
        return read(out);
    }

    private static String read(WireWriter out) {
        WireReader in = new WireReader(out.array).reset(1, out.position);
        long high = in.readVarint();
        in.readVarint();
        int ranges = in.readByte();
        long low = high - in.readVarint();
        StringBuilder text = new StringBuilder(low + "-" + high);
        while (ranges-- > 0) {
            high = low - in.readVarint() - 2;
            low = high - in.readVarint();
            text.append(' ').append(low).append('-').append(high);
        }
        assertThat(in.failed() || in.hasRemaining()).isFalse();
        return text.toString();
    }

    @Test
    void reportsRangesTheNewestFirst() {
        for (long number : new long[] {0, 1, 2, 5, 6, 9}) {
            assertThat(packets.isDuplicate(number)).isFalse();
            packets.add(number, 1_000_000);
        }
        assertThat(ack()).isEqualTo("9-9 5-6 0-2");
        assertThat(packets.isDuplicate(5)).isTrue();
        assertThat(packets.isDuplicate(4)).isFalse();
    }

    @Test
    void tellsInOrderFromGapsAndLateOnes() {
        assertThat(packets.add(0, 0)).isFalse();
        assertThat(packets.add(2, 0)).isTrue();
        assertThat(packets.add(1, 0)).isTrue();
        assertThat(packets.add(3, 0)).isFalse();
    }

    @Test
    void leavesOutWhatThePeerKnowsOfAndTellsTheLateAgain() {
        for (long number = 0; number < 100; number += 3) {
            packets.add(number, 0);
        }
        packets.raiseFloor(91);
        assertThat(ack()).isEqualTo("99-99 96-96 93-93");
        packets.raiseFloor(100);
        assertThat(ack()).isEqualTo("99-99");
        packets.add(98, 0);
        assertThat(ack()).isEqualTo("98-99");
    }

    @Test
    void reportsAtMostThirtyTwoRangesInTheRoomThereIs() {
        for (long number = 0; number < 1000; number += 2) {
            packets.add(number, 0);
        }
        assertThat(ack().split(" ")).hasSize(Wire.MAX_ACK_RANGES);
        out.reset(0, 40);
        packets.writeAck(out, 0);
        assertThat(out.position).isLessThanOrEqualTo(40);
        assertThat(read(out)).startsWith("998-998 996-996 ");
    }

    @Test
    void holdsWhatIsOlderThanTheWindowForADuplicate() {
        packets.add(5_000, 0);
        assertThat(packets.isDuplicate(5_000 - ReceivedPackets.WINDOW)).isTrue();
        assertThat(packets.isDuplicate(5_000 - ReceivedPackets.WINDOW + 1)).isFalse();
        packets.add(50_000, 0);
        assertThat(ack()).isEqualTo("50000-50000");
        assertThat(packets.isDuplicate(49_999)).isFalse();
    }

    @Test
    void remembersTheNewestSixtyFourAcrossARest() {
        for (long number = 1_000; number < 1_090; number += 3) {
            packets.add(number, 0);
        }
        long recent = packets.recent();
        ReceivedPackets again = new ReceivedPackets();
        again.add(77, 0);
        again.restore(packets.largest(), 3_000_000, recent, 0, 0);
        for (long number = 900; number < 1_100; number++) {
            boolean known = number > packets.largest() - 64;
            assertThat(again.isDuplicate(number))
                    .as("%d", number)
                    .isEqualTo(known ? packets.isDuplicate(number) : true);
        }
    }

    @Test
    void tellsNothingAgainAfterARoundTripHoweverOftenItRests() {
        long roundTrip = 59_000_000;
        for (long number : new long[] {0, 2, 4}) {
            packets = rested(packets, number * 10_000_000);
            packets.add(number, number * 10_000_000);
            packets.forgetOldNews(number * 10_000_000, roundTrip);
        }
        assertThat(ack()).isEqualTo("4-4 2-2 0-0");
        for (long number : new long[] {6, 8, 10, 12}) {
            packets = rested(packets, number * 10_000_000);
            packets.add(number, number * 10_000_000);
            packets.forgetOldNews(number * 10_000_000, roundTrip);
        }
        assertThat(ack()).isEqualTo("12-12 10-10 8-8 6-6");
    }

    private static ReceivedPackets rested(ReceivedPackets before, long nowNanos) {
        ReceivedPackets after = new ReceivedPackets();
        after.restore(before.largest(), nowNanos, before.recent(), before.reach(nowNanos), 0);
        return after;
    }

    @Test
    void dropsWhatLeftThousandsOfMessagesAgo() {
        packets.add(10, 0);
        packets.onDelivered(1);
        packets.add(20, 0);
        packets.onDelivered(Wire.MAX_MESSAGES_LATE);
        packets.add(30, 0);
        packets.onDelivered(2 * Wire.MAX_MESSAGES_LATE - 1);
        assertThat(packets.isDuplicate(9)).isFalse();
        packets.onDelivered(2 * Wire.MAX_MESSAGES_LATE);
        assertThat(packets.isDuplicate(19)).isTrue();
        assertThat(packets.isDuplicate(20)).isTrue();
        assertThat(packets.isDuplicate(21)).isFalse();
        assertThat(ack()).isEqualTo("30-30 20-20 10-10");
    }

    @Test
    void tellsHowLongTheLargestHasWaitedAlsoWhenALateOneEndsARest() {
        packets.add(77, 1_000_000);
        packets.restore(500, 2_000_000, 1L << 63, 0, 0);
        packets.add(499, 9_000_000);
        out.reset(0, 1200);
        packets.writeAck(out, 9_000_000);
        WireReader in = new WireReader(out.array).reset(1, out.position);
        assertThat(in.readVarint()).isEqualTo(500);
        assertThat(in.readVarint()).isEqualTo(7_000);
    }

    @Test
    void agreesWithAPlainSet() {
        RandomStream random = RandomStream.of(3, "numbers");
        BitSet plain = new BitSet();
        long top = 0;
        for (int i = 0; i < 20_000; i++) {
            long number = Math.max(0, top + random.between(-40, 12));
            boolean tooOld = number <= top - ReceivedPackets.WINDOW;
            assertThat(packets.isDuplicate(number)).isEqualTo(tooOld || plain.get((int) number));
            if (!packets.isDuplicate(number)) {
                packets.add(number, 0);
                plain.set((int) number);
                top = Math.max(top, number);
            }
            if (i % 100 == 0) {
                int low = plain.previousClearBit((int) top) + 1;
                assertThat(ack()).startsWith(low + "-" + top);
            }
        }
    }
}
