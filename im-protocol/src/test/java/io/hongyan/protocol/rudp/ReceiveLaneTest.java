// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ReceiveLaneTest {
    private static final int WINDOW = 40_000;

    private final BufferPool pool = new BufferPool();
    private final ReorderBuffer early = new ReorderBuffer(pool);
    private final ReceiveLane lane = new ReceiveLane(WINDOW, 10_000);

    ReceiveLaneTest() {
        lane.attach(early);
        lane.creditToTell(false);
    }

    private int whole(long number, int... bytes) {
        byte[] array = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            array[i] = (byte) bytes[i];
        }
        return lane.receiveWhole(number, array, 0, array.length);
    }

    @Test
    void deliversInOrderWhateverTheOrderOfArrival() {
        assertThat(whole(2, 22, 23)).isEqualTo(ReceiveLane.STORED);
        assertThat(whole(1, 11)).isEqualTo(ReceiveLane.STORED);
        assertThat(lane.takeReady()).isNull();
        assertThat(whole(0, 9)).isEqualTo(ReceiveLane.DELIVER);
        byte[] first = (byte[]) lane.takeReady();
        assertThat(Arrays.copyOf(first, lane.readyLength())).containsExactly(11);
        byte[] second = (byte[]) lane.takeReady();
        assertThat(Arrays.copyOf(second, lane.readyLength())).containsExactly(22, 23);
        assertThat(lane.takeReady()).isNull();
        assertThat(lane.isEmpty()).isTrue();
        assertThat(lane.next()).isEqualTo(3);
    }

    @Test
    void knowsDuplicatesOfTheDeliveredAndOfTheStored() {
        assertThat(whole(0, 1)).isEqualTo(ReceiveLane.DELIVER);
        assertThat(whole(0, 1)).isEqualTo(ReceiveLane.DUPLICATE);
        assertThat(whole(500, 1)).isEqualTo(ReceiveLane.STORED);
        assertThat(whole(500, 1)).isEqualTo(ReceiveLane.DUPLICATE);
    }

    @Test
    void findsTheFullNumberThatMayBeOpenOrIsOld() {
        assertThat(lane.expand(5)).isEqualTo(5);
        assertThat(lane.expand(0xffff)).isEqualTo(-1);
        for (long next : new long[] {1, 0x7fff, 0x8000, 0xfffe, 0xffff, 0x1_0000, 0x12_7fff, 0x12_8001}) {
            lane.resume(next, 0, 0, WINDOW);
            for (int distance = Wire.MAX_MESSAGES_OPEN - 0x1_0000; distance < Wire.MAX_MESSAGES_OPEN; distance++) {
                assertThat(lane.expand((int) (next + distance) & 0xffff)).isEqualTo(next + distance);
            }
        }
    }

    @Test
    void keepsOrderWhereNumbersOnTheWireBeginAnew() {
        lane.resume(0xfffe, 0, 0, WINDOW);
        byte[] message = new byte[1_100];
        assertThat(whole(lane.expand(1), 1)).isEqualTo(ReceiveLane.STORED);
        assertThat(lane.receiveFragment(lane.expand(0), 8, message, 1_024, 76, true))
                .isEqualTo(ReceiveLane.STORED);
        assertThat(whole(lane.expand(0xfffd), 9)).isEqualTo(ReceiveLane.DUPLICATE);
        assertThat(whole(lane.expand(1), 1)).isEqualTo(ReceiveLane.DUPLICATE);
        assertThat(lane.receiveFragment(lane.expand(0), 0, message, 0, 1_024, false))
                .isEqualTo(ReceiveLane.STORED);
        assertThat(whole(lane.expand(0xfffe), 2)).isEqualTo(ReceiveLane.DELIVER);
        assertThat(lane.takeReady()).isNull();
        assertThat(whole(lane.expand(0xffff), 3)).isEqualTo(ReceiveLane.DELIVER);
        assertThat(lane.takeReady()).isInstanceOf(Reassembly.class);
        assertThat((byte[]) lane.takeReady()).startsWith(1);
        assertThat(lane.next()).isEqualTo(0x1_0002);
    }

    @Test
    void putsFragmentsTogetherInAnyOrderAndTwice() {
        byte[] message = new byte[3_000];
        for (int i = 0; i < message.length; i++) {
            message[i] = (byte) (i * 7);
        }
        assertThat(lane.receiveFragment(0, 9, message, 1152, 1152, false)).isEqualTo(ReceiveLane.STORED);
        assertThat(lane.receiveFragment(0, 18, message, 2304, 696, true)).isEqualTo(ReceiveLane.STORED);
        assertThat(lane.receiveFragment(0, 9, message, 1152, 1152, false)).isEqualTo(ReceiveLane.DUPLICATE);
        assertThat(lane.takeReady()).isNull();
        assertThat(lane.receiveFragment(0, 0, message, 0, 1280, false)).isEqualTo(ReceiveLane.STORED);
        Reassembly whole = (Reassembly) lane.takeReady();
        assertThat(whole).isNotNull();
        byte[] out = new byte[lane.readyLength()];
        whole.copyTo(out);
        assertThat(out).isEqualTo(message);
        assertThat(ReceiveLane.costOf(whole)).isEqualTo(24 * 128 + 64);
        assertThat(lane.receiveFragment(0, 0, message, 0, 1280, false)).isEqualTo(ReceiveLane.DUPLICATE);
    }

    @Test
    void refusesFragmentsThatContradictEachOther() {
        byte[] bytes = new byte[2_000];
        assertThat(lane.receiveFragment(0, 0, bytes, 0, 100, false)).isEqualTo(ReceiveLane.VIOLATION);
        assertThat(lane.receiveFragment(1, 4, bytes, 0, 100, true)).isEqualTo(ReceiveLane.STORED);
        assertThat(lane.receiveFragment(1, 4, bytes, 0, 101, true)).isEqualTo(ReceiveLane.VIOLATION);
        assertThat(lane.receiveFragment(1, 4, bytes, 0, 256, false)).isEqualTo(ReceiveLane.VIOLATION);
        assertThat(lane.receiveFragment(2, 9, bytes, 0, 128, false)).isEqualTo(ReceiveLane.STORED);
        assertThat(lane.receiveFragment(2, 4, bytes, 0, 128, true)).isEqualTo(ReceiveLane.VIOLATION);
        assertThat(lane.receiveFragment(3, 0, bytes, 0, 0, true)).isEqualTo(ReceiveLane.VIOLATION);
        assertThat(lane.receiveFragment(4, 78, bytes, 0, 128, false)).isEqualTo(ReceiveLane.VIOLATION);
        assertThat(whole(2, 1)).isEqualTo(ReceiveLane.VIOLATION);
        whole(5, 1);
        assertThat(lane.receiveFragment(5, 0, bytes, 0, 128, false)).isEqualTo(ReceiveLane.VIOLATION);
    }

    @Test
    void takesNoMoreThanWasGrantedAndGrantsAsIsConsumed() {
        byte[] bytes = new byte[936];
        long number = 0;
        while (lane.receiveWhole(number, bytes, 0, 936) == ReceiveLane.DELIVER) {
            number++;
        }
        assertThat(number).isEqualTo(WINDOW / 1000);
        ReceiveLane other = new ReceiveLane(WINDOW, 10_000);
        other.attach(new ReorderBuffer(pool));
        other.creditToTell(false);
        for (int i = 0; i < 200; i++) {
            assertThat(other.receiveWhole(i, bytes, 0, 936)).isEqualTo(ReceiveLane.DELIVER);
            other.consume(ReceiveLane.costOfWhole(936));
            if (other.shouldGrant()) {
                assertThat(i % 10).isEqualTo(9);
                other.creditToTell(false);
            }
        }
    }

    @Test
    void neverTakesBackWhatEachSideMaySendUnasked() {
        ReceiveLane narrow = new ReceiveLane(2_200, 1_000);
        narrow.attach(new ReorderBuffer(pool));
        assertThat(narrow.creditToTell(false)).isEqualTo(Wire.INITIAL_CREDIT_BYTES);
        byte[] bytes = new byte[936];
        for (int i = 0; i < Wire.INITIAL_CREDIT_BYTES / 1000; i++) {
            assertThat(narrow.receiveWhole(i, bytes, 0, 936)).isEqualTo(ReceiveLane.DELIVER);
            narrow.consume(ReceiveLane.costOfWhole(936));
        }
        assertThat(narrow.creditToTell(false)).isEqualTo(8_000 + 2_200);
    }

    @Test
    void boundsWhatAPeerMakesItHoldForMessagesNeverFinished() {
        int maxMessageBytes = (1 << 20) + 4;
        int window = 3 * (maxMessageBytes + 64);
        byte[] bytes = new byte[Wire.GRANULE];
        for (int firstGranule : new int[] {0, 7, 100, 1_000, 8_191}) {
            ReorderBuffer hostile = new ReorderBuffer(new BufferPool());
            ReceiveLane attacked = new ReceiveLane(window, maxMessageBytes);
            attacked.attach(hostile);
            attacked.creditToTell(false);
            int taken = 0;
            while (attacked.receiveFragment(taken, firstGranule, bytes, 0, bytes.length, false) == ReceiveLane.STORED) {
                taken++;
            }
            // What the tables and the page of one take, counted here apart.
            long each = 1024 + 8L * (firstGranule / 64 + 1) + 4L * (firstGranule / 8 + 1);
            assertThat(taken * each).as("from granule %d", firstGranule).isBetween(1L, 5L * window);
            assertThat(hostile.partialBytes()).isBetween(taken * each, 5L * window);
            attacked.detach();
            assertThat(hostile.partialBytes()).isZero();
        }
    }

    @Test
    void holdsWhatAnHonestSenderMayLeaveUnfinished() {
        byte[] bytes = new byte[Wire.GRANULE];
        int window = 256 << 10;
        BufferPool used = new BufferPool();
        for (int i = 0; i < 300; i++) {
            // Tables as large as the pool keeps them.
            Reassembly grown = new Reassembly(used);
            grown.add(8 * 128 - 1, bytes, 0, bytes.length, false);
            used.giveBack(grown);
        }
        ReceiveLane honest = new ReceiveLane(window, 65_540);
        honest.attach(new ReorderBuffer(used));
        honest.creditToTell(false);
        // Of each shortest fragmented message, charged 9 granules and 64 bytes, the two ends arrived.
        for (int number = 1; number < window / (9 * Wire.GRANULE + 64); number++) {
            assertThat(honest.receiveFragment(number, 0, bytes, 0, bytes.length, false))
                    .isEqualTo(ReceiveLane.STORED);
            assertThat(honest.receiveFragment(number, 8, bytes, 0, 1, true)).isEqualTo(ReceiveLane.STORED);
        }
    }

    /** Receives and consumes so much, in messages of 1000 bytes of credit each. */
    private static long consume(ReceiveLane lane, long number, int bytes) {
        long end = number + bytes / 1_000;
        for (; number < end; number++) {
            assertThat(lane.receiveWhole(number, new byte[936], 0, 936)).isEqualTo(ReceiveLane.DELIVER);
            lane.consume(1_000);
            lane.creditToTell(false);
        }
        return number;
    }

    @Test
    void growsByUseWithinItsBoundAndTheBudget() {
        GrowthBudget budget = new GrowthBudget(150_000);
        ReceiveLane growing = new ReceiveLane(40_000, 130_000, 10_000, budget);
        growing.attach(early);
        growing.creditToTell(false);
        growing.growIfConsumedQuickly(0, 50);
        long number = consume(growing, 0, 39_000);
        growing.growIfConsumedQuickly(100, 50);
        assertThat(budget.leftBytes()).as("less than a window").isEqualTo(150_000);
        number = consume(growing, number, 1_000);
        growing.growIfConsumedQuickly(401, 50);
        assertThat(budget.leftBytes()).as("not quickly").isEqualTo(150_000);
        for (long now = 500; now < 1_000; now += 100) {
            number = consume(growing, number, 160_000);
            growing.growIfConsumedQuickly(now, 50);
        }
        assertThat(growing.creditToTell(false)).isEqualTo(growing.consumedBytes() + 130_000);
        assertThat(budget.leftBytes()).isEqualTo(60_000);

        ReceiveLane late = new ReceiveLane(40_000, 130_000, 10_000, budget);
        late.attach(new ReorderBuffer(pool));
        late.creditToTell(false);
        late.growIfConsumedQuickly(0, 50);
        number = 0;
        for (long now = 100; now < 600; now += 100) {
            number = consume(late, number, 160_000);
            late.growIfConsumedQuickly(now, 50);
        }
        assertThat(late.creditToTell(false)).as("what is left").isEqualTo(late.consumedBytes() + 80_000);

        late.detach();
        assertThat(budget.leftBytes()).as("promised still").isEqualTo(20_000);
    }

    @Test
    void givesBackAtARestWhatThePeerMayNotUseAnyMore() {
        GrowthBudget budget = new GrowthBudget(100_000);
        assertThat(budget.take(90_000)).isTrue();
        ReceiveLane rested = new ReceiveLane(40_000, 130_000, 10_000, budget);
        rested.resume(7, 0, 0, 130_000);
        rested.attach(early);
        for (int i = 7; i < 77; i++) {
            rested.receiveWhole(i, new byte[936], 0, 936);
        }
        rested.detach();
        assertThat(rested.grantedAheadBytes()).isEqualTo(60_000);
        assertThat(budget.leftBytes()).isEqualTo(80_000);
    }

    @Test
    void grantsNothingWhilePaused() {
        lane.consume(30_000);
        assertThat(lane.creditToTell(true)).isEqualTo(WINDOW);
        assertThat(lane.creditToTell(false)).isEqualTo(WINDOW + 30_000);
    }

    @Test
    void refusesNumbersFarAhead() {
        assertThat(whole(Wire.MAX_MESSAGES_OPEN - 1, 1)).isEqualTo(ReceiveLane.STORED);
        assertThat(whole(Wire.MAX_MESSAGES_OPEN, 1)).isEqualTo(ReceiveLane.VIOLATION);
        lane.detach();
        assertThat(early.isEmpty()).isTrue();
    }
}
