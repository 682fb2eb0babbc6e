// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.hongyan.protocol.FuzzRounds;
import io.hongyan.protocol.ProtocolException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("once")
class ReassemblerFuzzTest {
    private static final int MAX_MESSAGE_BYTES = 3_000;
    private static final int BUDGET_BYTES = 6_000;

    /**
     * Four bytes a step: which of three sessions, what happens, which of eight messages, and how long a slice is. Beside
     * it stands a plain model: what a message that comes out must be, and what may be in memory.
     */
    @MethodSource
    @FuzzTest
    void stepsOfThreeSessionsKeepTheBoundsAndGiveBackWhatWasSent(byte[] input) {
        Sessions sessions = new Sessions();
        ByteBuffer in = ByteBuffer.wrap(input);
        while (in.remaining() >= 4) {
            sessions.step(in.get() & 0xFF, in.get() & 0xFF, in.get() & 0xFF, in.get() & 0xFF);
        }
        sessions.clear();
    }

    static Stream<byte[]> stepsOfThreeSessionsKeepTheBoundsAndGiveBackWhatWasSent() {
        return Stream.of(
                // A message of three chunks; two that take turns; one given up; one that stands still; one too large.
                new byte[] {0, 0, 0, 100, 0, 1, 0, 100, 0, 2, 0, 100},
                new byte[] {1, 0, 1, 50, 1, 0, 2, 60, 1, 1, 1, 50, 1, 2, 2, 60, 1, 2, 1, 50},
                new byte[] {2, 0, 3, 90, 2, 3, 3, 0, 2, 0, 3, 10, 2, 2, 3, 10},
                new byte[] {0, 0, 4, 9, 0, 6, 0, 0, 0, 7, 0, -1, 0, 1, 4, 9, 0, 2, 4, 9},
                new byte[] {0, 0, 5, -1, 0, 1, 5, -1, 0, 1, 5, -1, 0, 1, 5, -1, 0, 2, 5, -1});
    }

    @Test
    void chunksInAnyOrderStayWithinTheBoundsAndGiveTheBudgetBack() {
        FuzzRounds.run(3_000, random -> {
            ReassemblyBudget budget = new ReassemblyBudget(BUDGET_BYTES);
            Reassembler[] sessions = {
                new Reassembler(MAX_MESSAGE_BYTES, budget),
                new Reassembler(MAX_MESSAGE_BYTES, budget),
                new Reassembler(MAX_MESSAGE_BYTES, budget)
            };
            int[] nextOffsets = new int[8];
            for (int i = 0; i < 100; i++) {
                Reassembler session = sessions[random.nextInt(sessions.length)];
                add(session, randomChunk(random, nextOffsets));
                assertThat(session.openMessages()).isLessThanOrEqualTo(Reassembler.MAX_OPEN);
                assertThat(session.bufferedBytes()).isLessThanOrEqualTo(MAX_MESSAGE_BYTES + 1_024);
                assertThat(budget.reservedBytes()).isLessThanOrEqualTo(BUDGET_BYTES);
            }
            for (Reassembler session : sessions) {
                session.clear();
            }
            assertThat(budget.reservedBytes()).isZero();
        });
    }

    private static void add(Reassembler session, Chunk chunk) {
        try {
            session.add(chunk);
        } catch (ProtocolException e) {
            assertThat(e.code().endsConnection()).isTrue();
        }
    }

    private static Chunk randomChunk(Random random, int[] nextOffsets) {
        int message = random.nextInt(nextOffsets.length);
        byte[] bytes = new byte[1 + random.nextInt(900)];
        random.nextBytes(bytes);
        int offset = switch (random.nextInt(12)) {
            case 0 -> 0;
            case 1 -> random.nextInt(5_000);
            default -> nextOffsets[message];
        };
        boolean last = random.nextInt(8) == 0;
        nextOffsets[message] = last ? 0 : offset + bytes.length;
        return new Chunk(new MessageId(1, message + 1), offset, last, Payload.of(bytes));
    }

    /** Three sessions of one server, and what their senders have sent of each message. */
    private static final class Sessions {
        private static final long PATIENCE_NANOS = 1_000;

        private final ReassemblyBudget budget = new ReassemblyBudget(BUDGET_BYTES);
        private final List<Reassembler> reassemblers = new ArrayList<>();
        private final List<Map<MessageId, ByteArrayOutputStream>> sent = new ArrayList<>();
        private final boolean[] ended = new boolean[3];
        private long nowNanos;

        Sessions() {
            for (int i = 0; i < ended.length; i++) {
                reassemblers.add(new Reassembler(MAX_MESSAGE_BYTES, budget));
                sent.add(new HashMap<>());
            }
        }

        void step(int which, int what, int message, int size) {
            int session = which % ended.length;
            if (ended[session]) {
                return;
            }
            Reassembler reassembler = reassemblers.get(session);
            MessageId id = new MessageId(1 + session, 1 + message % 8);
            Map<MessageId, ByteArrayOutputStream> ofSession = sent.get(session);
            int offset = ofSession.containsKey(id) ? ofSession.get(id).size() : 0;
            switch (what % 9) {
                case 0 -> add(session, new Chunk(id, 0, false, slice(id, 0, 4 * size + 1)));
                case 1, 8 -> add(session, new Chunk(id, offset, false, slice(id, offset, 4 * size + 1)));
                case 2 -> add(session, last(id, offset));
                case 3 -> add(session, new Chunk(id, 0, true, Payload.empty()));
                case 4 -> {
                    reassembler.skip(new Chunk(id, 0, (size & 1) == 0, slice(id, 0, size + 1)));
                    ofSession.remove(id);
                }
                case 5 -> reassembler.rest();
                case 6 ->
                    reassembler.expire(nowNanos, PATIENCE_NANOS).forEach(refused -> ofSession.remove(refused.id()));
                default -> nowNanos += 8L * size;
            }
            // A chunk that follows nothing is an end, too.
            if (what == 255) {
                add(session, new Chunk(id, 1 + size, (message & 8) == 0, slice(id, 0, 1)));
            }
            check();
        }

        /** The whole message's body, of which what was sent so far is the beginning. */
        private static byte[] body(MessageId id) {
            byte[] payload = new byte[200 * (int) id.counter()];
            Arrays.fill(payload, (byte) id.counter());
            ByteBuffer body = BinaryPacketCodec.V1
                    .encode(Message.of(id, Address.user("bob"), Payload.of(payload)))
                    .body();
            byte[] bytes = new byte[body.remaining()];
            body.get(bytes);
            return bytes;
        }

        /** Bytes of the body, or of what lies behind it, from there on. */
        private static Payload slice(MessageId id, int from, int length) {
            byte[] body = body(id);
            byte[] slice = new byte[length];
            for (int i = 0; i < length && from + i < body.length; i++) {
                slice[i] = body[from + i];
            }
            return Payload.of(slice);
        }

        private static Chunk last(MessageId id, int offset) {
            int left = body(id).length - offset;
            return new Chunk(id, offset, true, slice(id, offset, Math.max(1, left)));
        }

        private void add(int session, Chunk chunk) {
            MessageId id = chunk.id();
            Map<MessageId, ByteArrayOutputStream> ofSession = sent.get(session);
            if (chunk.offset() == 0) {
                ofSession.put(id, new ByteArrayOutputStream());
            }
            ByteArrayOutputStream soFar = ofSession.get(id);
            try {
                Reassembler.Outcome outcome = reassemblers.get(session).add(chunk);
                if (outcome instanceof Reassembler.Outcome.Skipped) {
                    ofSession.remove(id);
                    return;
                }
                assertThat(soFar).as("taken without a beginning").isNotNull();
                soFar.writeBytes(chunk.slice().toByteArray());
                if (outcome instanceof Reassembler.Outcome.Whole whole) {
                    assertThat(BinaryPacketCodec.V1.encode(whole.message()).body())
                            .isEqualTo(ByteBuffer.wrap(soFar.toByteArray()));
                }
                if (!(outcome instanceof Reassembler.Outcome.Incomplete)) {
                    ofSession.remove(id);
                }
            } catch (ProtocolException e) {
                assertThat(e.code().endsConnection()).isTrue();
                end(session);
            }
        }

        private void end(int session) {
            ended[session] = true;
            reassemblers.get(session).clear();
            sent.get(session).clear();
        }

        private void check() {
            for (Reassembler session : reassemblers) {
                assertThat(session.openMessages()).isLessThanOrEqualTo(Reassembler.MAX_OPEN);
                assertThat(session.bufferedBytes()).isBetween(0, MAX_MESSAGE_BYTES + 1_024);
            }
            int held =
                    reassemblers.stream().mapToInt(Reassembler::bufferedBytes).sum();
            assertThat(budget.reservedBytes()).isBetween((long) held, (long) BUDGET_BYTES);
        }

        void clear() {
            for (int i = 0; i < ended.length; i++) {
                end(i);
            }
            assertThat(budget.reservedBytes()).isZero();
            reassemblers.forEach(session -> assertThat(session.bufferedBytes()).isZero());
        }
    }
}
