// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ProtocolException;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.frame.Frame;
import io.hongyan.protocol.packet.Reassembler.Outcome;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReassemblerTest {
    private static final int MAX_MESSAGE_BYTES = 100_000;

    private final ReassemblyBudget budget = new ReassemblyBudget(400_000);
    private final Reassembler reassembler = new Reassembler(MAX_MESSAGE_BYTES, budget);

    @AfterEach
    void givesBackWhatWasReserved() {
        reassembler.clear();
        assertThat(budget.reservedBytes()).isZero();
        assertThat(reassembler.bufferedBytes()).isZero();
    }

    @Test
    void messageComesBackFromItsChunks() {
        for (int size : new int[] {0, 1, 4_000, 4_096, 50_000, MAX_MESSAGE_BYTES}) {
            Message message = message(size + 1, size);
            assertThat(addAll(chunks(message))).isEqualTo(new Outcome.Whole(message));
            assertThat(reassembler.openMessages()).isZero();
            assertThat(budget.reservedBytes()).isZero();
        }
    }

    @Test
    void chunksOfFourMessagesMayTakeTurns() {
        Random random = new Random(4);
        List<Message> sent = new ArrayList<>();
        List<Deque<Chunk>> lines = new ArrayList<>();
        for (int i = 1; i <= 4; i++) {
            Message message = message(i, 6_000 * i);
            sent.add(message);
            lines.add(new ArrayDeque<>(chunks(message)));
        }
        List<Message> whole = new ArrayList<>();
        while (!lines.isEmpty()) {
            Deque<Chunk> line = lines.get(random.nextInt(lines.size()));
            if (reassembler.add(line.remove()) instanceof Outcome.Whole outcome) {
                whole.add(outcome.message());
            }
            lines.removeIf(Deque::isEmpty);
        }
        assertThat(whole).containsExactlyInAnyOrderElementsOf(sent);
    }

    @Test
    void fifthOpenMessageIsRefusedAloneAndItsLaterChunksAreSkipped() {
        for (int i = 1; i <= 4; i++) {
            reassembler.add(chunks(message(i, 9_000)).get(0));
        }
        List<Chunk> fifth = chunks(message(5, 9_000));

        assertThat(reassembler.add(fifth.get(0)))
                .isEqualTo(new Outcome.Refused(fifth.get(0).id(), ReasonCode.REASSEMBLY_FULL));
        assertThat(reassembler.add(fifth.get(1))).isEqualTo(new Outcome.Skipped());
        assertThat(reassembler.add(fifth.get(2))).isEqualTo(new Outcome.Skipped());
        assertThat(reassembler.openMessages()).isEqualTo(4);

        Message first = message(1, 9_000);
        assertThat(addAll(chunks(first).subList(1, 3))).isEqualTo(new Outcome.Whole(first));
        assertThat(addAll(fifth)).isInstanceOf(Outcome.Whole.class);
    }

    @Test
    void messageAboveTheLimitIsRefusedBeforeItIsWhole() {
        List<Chunk> chunks = chunks(message(1, MAX_MESSAGE_BYTES + 50_000));
        int refusedAt = 0;
        for (Chunk chunk : chunks) {
            Outcome outcome = reassembler.add(chunk);
            if (outcome instanceof Outcome.Refused refused) {
                assertThat(refused.code()).isEqualTo(ReasonCode.MESSAGE_TOO_LARGE);
                refusedAt = chunk.offset();
            } else {
                assertThat(outcome).isEqualTo(refusedAt == 0 ? new Outcome.Incomplete() : new Outcome.Skipped());
            }
        }
        assertThat(refusedAt).isBetween(MAX_MESSAGE_BYTES - 5_000, MAX_MESSAGE_BYTES + 5_000);
        assertThat(budget.reservedBytes()).isZero();
    }

    @Test
    void payloadOneByteAboveTheLimitIsRefused() {
        Message message = message(1, MAX_MESSAGE_BYTES + 1);
        assertThat(addAll(chunks(message))).isEqualTo(new Outcome.Refused(message.id(), ReasonCode.MESSAGE_TOO_LARGE));
    }

    @Test
    void sessionHoldsNoMoreThanOneLargestMessage() {
        List<Chunk> first = chunks(message(1, MAX_MESSAGE_BYTES));
        addAll(first.subList(0, first.size() - 1));
        List<Chunk> second = chunks(message(2, 20_000));
        assertThat(addAll(second.subList(0, 3)))
                .isIn(new Outcome.Refused(second.get(0).id(), ReasonCode.REASSEMBLY_FULL), new Outcome.Skipped());
        assertThat(reassembler.add(first.get(first.size() - 1))).isInstanceOf(Outcome.Whole.class);
    }

    @Test
    void messageIsRefusedWhenTheServersBudgetIsTaken() {
        ReassemblyBudget small = new ReassemblyBudget(10_000);
        Reassembler one = new Reassembler(MAX_MESSAGE_BYTES, small);
        Reassembler other = new Reassembler(MAX_MESSAGE_BYTES, small);
        List<Chunk> chunks = chunks(message(1, 20_000));
        assertThat(one.add(chunks.get(0))).isEqualTo(new Outcome.Incomplete());
        assertThat(other.add(chunks.get(0))).isEqualTo(new Outcome.Incomplete());
        assertThat(one.add(chunks.get(1)))
                .isEqualTo(new Outcome.Refused(chunks.get(0).id(), ReasonCode.REASSEMBLY_FULL));
        assertThat(other.add(chunks.get(1))).isEqualTo(new Outcome.Incomplete());
        other.clear();
        assertThat(small.reservedBytes()).isZero();
    }

    @Test
    void memoryIsReservedAsBytesArrive() {
        int arrived = 0;
        for (Chunk chunk : chunks(message(1, MAX_MESSAGE_BYTES))) {
            if (!chunk.last()) {
                reassembler.add(chunk);
                arrived += chunk.slice().size();
                assertThat(budget.reservedBytes()).isBetween((long) arrived, arrived * 103L / 100 + 1_300);
                assertThat(reassembler.bufferedBytes()).isEqualTo(arrived);
            }
        }
    }

    @Test
    void tinySlicesAreChargedForTheMemoryThatTheyTake() {
        MessageId id = new MessageId(7, 1);
        for (int i = 0; i < 50_000; i++) {
            reassembler.add(new Chunk(id, i, false, Payload.of(new byte[1])));
        }
        long blocks = (50_000 + 1_023) / 1_024;
        assertThat(budget.reservedBytes()).isEqualTo(256 + blocks * (1_024 + 64));
        assertThat(reassembler.bufferedBytes()).isEqualTo(50_000);
    }

    @Test
    void messageComesBackFromSlicesOfAnySize() {
        Random random = new Random(11);
        Message message = message(1, 60_000);
        byte[] body = bodyOf(message);
        for (int most : new int[] {1, 3, 1_000, 1_025, 2_500, 50_000}) {
            Outcome outcome = new Outcome.Incomplete();
            for (int offset = 0; offset < body.length; ) {
                int length = Math.min(body.length - offset, 1 + random.nextInt(most));
                byte[] slice = Arrays.copyOfRange(body, offset, offset + length);
                boolean last = offset + length == body.length;
                outcome = reassembler.add(new Chunk(message.id(), offset, last, Payload.of(slice)));
                offset += length;
            }
            assertThat(outcome).isEqualTo(new Outcome.Whole(message));
        }
    }

    @Test
    void openingAMessageTakesBudgetOfItsOwn() {
        Reassembler poor = new Reassembler(MAX_MESSAGE_BYTES, new ReassemblyBudget(1_300));
        assertThat(poor.add(new Chunk(new MessageId(7, 1), 0, false, Payload.of(new byte[1]))))
                .isEqualTo(new Outcome.Refused(new MessageId(7, 1), ReasonCode.REASSEMBLY_FULL));
    }

    @Test
    void messageThatStandsStillIsGivenUpAndItsLaterChunksAreSkipped() {
        List<Chunk> slow = chunks(message(1, 20_000));
        List<Chunk> steady = chunks(message(2, 20_000));
        reassembler.add(slow.get(0));
        reassembler.add(steady.get(0));
        long start = Long.MAX_VALUE - 10;
        assertThat(reassembler.expire(start, 30)).isEmpty();
        reassembler.add(steady.get(1));
        assertThat(reassembler.expire(start + 29, 30)).isEmpty();
        assertThat(reassembler.expire(start + 30, 30))
                .containsExactly(new Outcome.Refused(slow.get(0).id(), ReasonCode.REASSEMBLY_FULL));
        assertThat(reassembler.expire(start + 31, 30)).isEmpty();
        assertThat(reassembler.openMessages()).isOne();
        assertThat(reassembler.bufferedBytes())
                .isEqualTo(steady.get(0).slice().size() + steady.get(1).slice().size());

        assertThat(reassembler.add(slow.get(1))).isEqualTo(new Outcome.Skipped());
        assertThat(addAll(steady.subList(2, steady.size()))).isInstanceOf(Outcome.Whole.class);
        assertThat(addAll(slow)).isInstanceOf(Outcome.Whole.class);
    }

    @Test
    void nothingIsGivenUpBecauseTheSessionWasNotRead() {
        reassembler.add(chunks(message(1, 20_000)).get(0));
        assertThat(reassembler.expire(0, 30)).isEmpty();
        reassembler.rest();
        assertThat(reassembler.expire(100, 30)).isEmpty();
        assertThat(reassembler.expire(129, 30)).isEmpty();
        assertThat(reassembler.expire(130, 30)).hasSize(1);
    }

    @Test
    void firstChunkAgainBeginsAgain() {
        Message message = message(1, 9_000);
        List<Chunk> chunks = chunks(message);
        reassembler.add(chunks.get(0));
        reassembler.add(chunks.get(1));
        assertThat(addAll(chunks)).isEqualTo(new Outcome.Whole(message));
    }

    @Test
    void messageGivenUpIsForgotten() {
        Chunker chunker = new Chunker(message(1, 9_000), 4_096);
        reassembler.add(decode(chunker.next()));
        Chunk end = decode(chunker.giveUp());

        assertThat(chunker.hasNext()).isFalse();
        assertThat(end.packetType()).isEqualTo(PacketType.LAST_CHUNK);
        assertThat(reassembler.add(end)).isEqualTo(new Outcome.Skipped());
        assertThat(reassembler.openMessages()).isZero();
        assertThat(budget.reservedBytes()).isZero();
    }

    @Test
    void messageThatIsNotNeededIsSkippedToItsEndAndHoldsNothing() {
        List<Chunk> chunks = chunks(message(1, 20_000));
        reassembler.add(chunks.get(0));
        reassembler.skip(chunks.get(0));
        assertThat(reassembler.openMessages()).isZero();
        assertThat(budget.reservedBytes()).isZero();
        assertThat(addAll(chunks.subList(1, chunks.size()))).isInstanceOf(Outcome.Skipped.class);
        assertThat(reassembler.add(chunks.get(0))).as("comes again").isInstanceOf(Outcome.Incomplete.class);
    }

    @Test
    void chunkThatDoesNotFollowIsAViolation() {
        List<Chunk> chunks = chunks(message(1, 20_000));
        reassembler.add(chunks.get(0));
        assertViolation(chunks.get(2), ReasonCode.PROTOCOL_VIOLATION);
    }

    @Test
    void chunkOfAMessageThatHasNotBegunIsAViolation() {
        assertViolation(chunks(message(1, 20_000)).get(1), ReasonCode.PROTOCOL_VIOLATION);
    }

    @Test
    void messageOfAnotherIdThanItsChunksIsAViolation() {
        Chunk other = chunks(message(1, 10)).get(0);
        assertViolation(new Chunk(new MessageId(2, 2), 0, true, other.slice()), ReasonCode.MALFORMED_PACKET);
    }

    @Test
    void chunksThatAreNoMessageAreAViolation() {
        assertViolation(new Chunk(new MessageId(2, 2), 0, true, Payload.text("nonsense")), ReasonCode.MALFORMED_PACKET);
        assertThat(budget.reservedBytes()).isZero();
    }

    @Test
    void everyChunkFrameKeepsToItsLengthAndOnlyTheLastIsCounted() {
        for (long counter : new long[] {1, MessageId.MAX_COUNTER}) {
            Chunker chunker = new Chunker(message(counter, 20_000), 1_000);
            while (chunker.hasNext()) {
                Frame frame = chunker.next();
                assertThat(frame.length()).isLessThanOrEqualTo(1_000);
                assertThat(frame.counted()).isEqualTo(!chunker.hasNext());
            }
            assertThat(chunker.remainingBytes()).isZero();
        }
    }

    @Test
    void frameLengthIsKnownBeforeEncoding() {
        Message message = message(70, 1_000);
        int length = BinaryPacketCodec.V1.encode(message).length();
        assertThat(Chunker.frameBytes(message)).isEqualTo(length);
        assertThat(Chunker.fits(message, length)).isTrue();
        assertThat(Chunker.fits(message, length - 1)).isFalse();
    }

    private void assertViolation(Chunk chunk, ReasonCode code) {
        assertThatThrownBy(() -> reassembler.add(chunk))
                .isInstanceOfSatisfying(
                        ProtocolException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    private Outcome addAll(List<Chunk> chunks) {
        Outcome last = new Outcome.Incomplete();
        for (Chunk chunk : chunks) {
            last = reassembler.add(chunk);
        }
        return last;
    }

    private static Message message(long counter, int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        Arrays.sort(bytes, 0, size / 2);
        return Message.of(new MessageId(7, counter), Address.user("bob"), Payload.of(bytes))
                .withLane(Lane.BULK)
                .withServerFields(Address.device("alice", "phone"), "alice+bob", 9, 1_800_000_000_000L);
    }

    private static byte[] bodyOf(Message message) {
        ByteBuffer body = BinaryPacketCodec.V1.encode(message).body();
        byte[] bytes = new byte[body.remaining()];
        body.get(bytes);
        return bytes;
    }

    private static List<Chunk> chunks(Message message) {
        List<Chunk> chunks = new ArrayList<>();
        for (Chunker chunker = new Chunker(message, Chunker.DEFAULT_FRAME_BYTES); chunker.hasNext(); ) {
            chunks.add(decode(chunker.next()));
        }
        return chunks;
    }

    private static Chunk decode(Frame frame) {
        return (Chunk) Objects.requireNonNull(BinaryPacketCodec.V1.decode(frame.type(), frame.body()));
    }
}
