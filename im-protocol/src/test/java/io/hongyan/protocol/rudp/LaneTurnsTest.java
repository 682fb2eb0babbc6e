// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.simnet.RandomStream;
import org.junit.jupiter.api.Test;

class LaneTurnsTest {
    private static final int FULL = 1170;

    private final LaneTurns turns = new LaneTurns();

    @Test
    void chatGoesFirstUntilItHasHadItsQuantum() {
        int chat = 0;
        while (!turns.isBulkFirst()) {
            turns.onFilled(FULL, 0, true);
            chat += FULL;
        }
        assertThat(chat).isEqualTo(4 * FULL);
        turns.onFilled(0, FULL, true);
        assertThat(turns.isBulkFirst()).isFalse();
    }

    @Test
    void givesBulkAQuarterHoweverTheDatagramsAreFilled() {
        RandomStream random = RandomStream.of(4, "turns");
        long chat = 0;
        long bulk = 0;
        for (int i = 0; i < 100_000; i++) {
            int chatBytes = 0;
            int bulkBytes = 0;
            if (turns.isBulkFirst()) {
                bulkBytes = (int) random.between(900, FULL);
            } else {
                chatBytes = (int) random.between(700, FULL);
                // What chat leaves free takes now and then a little of bulk.
                bulkBytes = random.chance(0.3) ? (int) random.between(0, FULL - chatBytes) : 0;
            }
            turns.onFilled(chatBytes, bulkBytes, true);
            chat += chatBytes;
            bulk += bulkBytes;
            assertThat(bulk).isGreaterThanOrEqualTo((chat - 4 * RudpConfig.DATAGRAM_BYTES) / 3);
        }
        assertThat((double) bulk / (bulk + chat)).isBetween(0.25, 0.26);
    }

    @Test
    void savesNothingUpForBulkThatHasNothingToSend() {
        for (int i = 0; i < 100; i++) {
            turns.onFilled(FULL, 0, false);
        }
        assertThat(turns.isBulkFirst()).isFalse();
        turns.onFilled(FULL, 0, true);
        assertThat(turns.isBulkFirst()).isFalse();
    }

    @Test
    void savesNothingUpForChat() {
        for (int i = 0; i < 100; i++) {
            turns.onFilled(0, FULL, true);
        }
        int datagrams = 0;
        for (; !turns.isBulkFirst(); datagrams++) {
            turns.onFilled(FULL, 0, true);
        }
        assertThat(datagrams).isEqualTo(4);
    }
}
