// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.protocol.FuzzRounds;
import io.hongyan.protocol.ProtocolException;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ReassemblerFuzzTest {
    private static final int MAX_MESSAGE_BYTES = 3_000;
    private static final int BUDGET_BYTES = 6_000;

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
}
