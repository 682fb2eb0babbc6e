// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.CounterRanges;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.MessageId;
import io.hongyan.protocol.packet.Payload;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class MessageLedgerTest {

    private final List<String> told = new ArrayList<>();
    private final Intake intake = new Intake(1, 1 << 20, 1L << 40);
    private final ReceiptSink sink = new ReceiptSink() {
        @Override
        public void reached(ReceiptLevel level, long firstCounter, long lastCounter) {
            told.add(level + " " + firstCounter + "-" + lastCounter);
        }

        @Override
        public void failed(ReasonCode code, long firstCounter, long lastCounter) {
            told.add(code + " " + firstCounter + "-" + lastCounter);
        }

        @Override
        public void complete(CompletableFuture<Receipt> future, Receipt receipt) {
            future.complete(receipt);
        }

        @Override
        public void writable() {
            told.add("writable");
        }
    };
    private final MessageLedger ledger = new MessageLedger(intake, sink, new CatchUp());
    private long counters;

    @Test
    void neighboursWithTheSameNewsAreOneRange() {
        add(10, ReceiptLevel.ACCEPTED);
        ledger.reached(ReceiptLevel.ACCEPTED, CounterRanges.of(3, 4));
        ledger.reached(ReceiptLevel.ACCEPTED, CounterRanges.of(1, 10));
        assertThat(told).containsExactly("ACCEPTED 3-4", "ACCEPTED 1-2", "ACCEPTED 5-10");
        assertThat(ledger.allAccepted()).isTrue();
    }

    @Test
    void eachLevelIsToldOnce() {
        add(2, ReceiptLevel.ACCEPTED);
        for (int i = 0; i < 3; i++) {
            for (ReceiptLevel level : ReceiptLevel.values()) {
                ledger.reached(level, CounterRanges.of(1, 2));
            }
        }
        assertThat(told).containsExactly("ACCEPTED 1-2", "STORED 1-2", "DELIVERED 1-2", "READ 1-2");
    }

    @Test
    void awaitedLevelIsToldEvenWhenAHigherOneOvertakesIt() {
        add(1, ReceiptLevel.ACCEPTED);
        add(1, ReceiptLevel.DELIVERED);
        ledger.reached(ReceiptLevel.READ, CounterRanges.of(1, 2));
        assertThat(told).containsExactly("ACCEPTED 1-1", "READ 1-1", "DELIVERED 2-2", "READ 2-2");
    }

    @Test
    void refusalAfterTheAwaitedLevelIsNoNews() {
        add(1, ReceiptLevel.ACCEPTED);
        ledger.reached(ReceiptLevel.ACCEPTED, CounterRanges.of(1));
        ledger.refused(ReasonCode.EXPIRED, CounterRanges.of(1));
        assertThat(told).containsExactly("ACCEPTED 1-1");
    }

    @Test
    void acceptedMessageMayStillFailToBeDelivered() {
        add(1, ReceiptLevel.DELIVERED);
        ledger.reached(ReceiptLevel.ACCEPTED, CounterRanges.of(1));
        ledger.refused(ReasonCode.EXPIRED, CounterRanges.of(1));
        ledger.reached(ReceiptLevel.DELIVERED, CounterRanges.of(1));
        assertThat(told).containsExactly("ACCEPTED 1-1", "EXPIRED 1-1");
    }

    @Test
    void messagesAwaitingDeliveryForLongBecomeStragglersAndKeepTheirOrder() {
        add(5, ReceiptLevel.DELIVERED);
        ledger.reached(ReceiptLevel.ACCEPTED, CounterRanges.of(1, 5));
        for (int i = 0; i < 200; i++) {
            add(100, ReceiptLevel.ACCEPTED);
            ledger.reached(ReceiptLevel.ACCEPTED, CounterRanges.of(counters - 99, counters));
        }
        add(1, ReceiptLevel.ACCEPTED);
        List<Long> kept = new ArrayList<>();
        ledger.forEachKept(entry -> kept.add(MessageLedger.messageOf(entry).id().counter()));
        assertThat(kept).containsExactly(1L, 2L, 3L, 4L, 5L, counters);
        assertThat(ledger.keeps(3)).isTrue();
        told.clear();
        ledger.reached(ReceiptLevel.DELIVERED, CounterRanges.of(2, 3));
        ledger.reached(ReceiptLevel.DELIVERED, CounterRanges.of(1, 4));
        ledger.failAll(ReasonCode.CLOSED_LOCALLY);
        assertThat(told)
                .containsExactly(
                        "DELIVERED 2-3",
                        "DELIVERED 1-1",
                        "DELIVERED 4-4",
                        "CLOSED_LOCALLY 5-5",
                        "CLOSED_LOCALLY " + counters + "-" + counters);
        assertThat(intake.pendingMessages()).isZero();
        assertThat(intake.pendingBytes()).isZero();
    }

    @Test
    void unacceptedMessagesAreNeverStragglers() {
        add(5_000, ReceiptLevel.ACCEPTED);
        List<Long> kept = new ArrayList<>();
        ledger.forEachKept(entry -> kept.add(MessageLedger.messageOf(entry).id().counter()));
        assertThat(kept).isEqualTo(LongStream.rangeClosed(1, 5_000).boxed().toList());
        assertThat(ledger.unaccepted()).isEqualTo(1);
    }

    @Test
    void rangesOfAPeerThatLiesCostLittle() {
        add(1, ReceiptLevel.ACCEPTED);
        for (int i = 0; i < 100_000; i++) {
            ledger.reached(ReceiptLevel.DELIVERED, CounterRanges.of(1L << 50, (1L << 50) + 65_000));
        }
        assertThat(told).isEmpty();
    }

    @Test
    void ephemeralMessagesBehindAnUnansweredOneAreBounded() {
        Intake small = new Intake(1, 10, 1 << 20);
        SendOptions typing = SendOptions.binary().lane(Lane.EPHEMERAL);
        MessageLedger waiting = new MessageLedger(small, sink, new CatchUp());
        long chat = small.offer(Address.user("bob"), Payload.empty(), SendOptions.binary(), null);
        waiting.add(Message.of(new MessageId(1, chat), Address.user("bob"), Payload.empty()), ReceiptLevel.ACCEPTED);
        long last = chat;
        for (int i = 0; i < 100_000; i++) {
            long counter = small.offer(Address.user("bob"), Payload.empty(), typing, null);
            if (counter != Intake.FULL) {
                last = counter;
                waiting.addForgotten(Message.of(new MessageId(1, counter), Address.user("bob"), Payload.empty()));
            }
        }
        assertThat(last).isBetween(10_000L, 20_000L);
        assertThat(small.offer(Address.user("bob"), Payload.empty(), SendOptions.binary(), null))
                .as("messages that wait have a bound of their own")
                .isEqualTo(last + 1);
        waiting.reached(ReceiptLevel.ACCEPTED, CounterRanges.of(chat));
        assertThat(small.offer(Address.user("bob"), Payload.empty(), typing, null))
                .isEqualTo(last + 2);
    }

    private void add(int count, ReceiptLevel awaited) {
        for (int i = 0; i < count; i++) {
            SendOptions options = SendOptions.binary().awaiting(awaited);
            counters = intake.offer(Address.user("bob"), Payload.empty(), options, null);
            ledger.add(Message.of(new MessageId(1, counters), Address.user("bob"), Payload.empty()), awaited);
        }
    }
}
