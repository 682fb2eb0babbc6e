// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.packet.CounterRanges;
import io.hongyan.protocol.packet.Delivered;
import io.hongyan.protocol.packet.Packet;
import io.hongyan.protocol.packet.SendResult;
import org.junit.jupiter.api.Test;

final class ToldReceiptsTest {
    private final ToldReceipts told = new ToldReceipts(7);

    @Test
    void tellsAgainEverythingMerged() {
        told.add(accepted(1, 3));
        told.add(accepted(4, 6));
        told.add(delivered(2, 2));
        told.add(refused(7));
        assertThat(told.again()).containsExactly(refused(7), accepted(1, 6), delivered(2, 2));
        assertThat(told.isEmpty())
                .as("what is told again is added again by who writes it")
                .isTrue();
    }

    @Test
    void aCountOfALaterFrameProvesTheReceiptsBeforeIt() {
        told.add(accepted(1, 1));
        told.counted(0, 5);
        told.add(accepted(2, 2));
        told.counted(5, 6);
        assertThat(told.again())
                .as("the fifth frame was written before the receipt, or may have been")
                .containsExactly(accepted(1, 1), accepted(2, 2));
    }

    @Test
    void whatIsProvenIsForgotten() {
        told.add(accepted(1, 1));
        told.counted(0, 5);
        told.add(accepted(2, 2));
        told.counted(6, 7);
        assertThat(told.again()).containsExactly(accepted(2, 2));
        told.add(accepted(3, 3));
        told.counted(7, 7);
        told.counted(8, 8);
        assertThat(told.isEmpty()).isTrue();
    }

    @Test
    void countsGoRound() {
        told.add(accepted(1, 1));
        told.counted(Integer.MAX_VALUE, Integer.MAX_VALUE);
        told.counted(Integer.MIN_VALUE, Integer.MIN_VALUE);
        assertThat(told.isEmpty()).isTrue();
    }

    @Test
    void ofAClientThatNeverProvesAnythingTheOldestAreForgotten() {
        for (long counter = 1; counter <= 2_000_000; counter += 2) {
            told.add(delivered(counter, counter));
        }
        assertThat(told.again())
                .hasSize(9)
                .allSatisfy(packet -> assertThat(((Delivered) packet).counters().ranges())
                        .isLessThanOrEqualTo(CounterRanges.MAX_RANGES));
    }

    private static Packet accepted(long first, long last) {
        return new SendResult(7, ReasonCode.OK, CounterRanges.of(first, last));
    }

    private static Packet refused(long counter) {
        return new SendResult(7, ReasonCode.THROTTLED, CounterRanges.of(counter));
    }

    private static Packet delivered(long first, long last) {
        return new Delivered(7, CounterRanges.of(first, last));
    }
}
