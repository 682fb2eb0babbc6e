// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ArrivalLedgerTest {

    private final ArrivalLedger ledger = new ArrivalLedger();

    @Test
    void gapAloneIsNeitherDoubleNorDisorder() {
        arrive(0, 1, 5, 6);

        assertThat(ledger.duplicated()).isZero();
        assertThat(ledger.outOfOrder()).isZero();
    }

    @Test
    void countsEachMessageThatALaterOneOvertook() {
        arrive(0, 3, 1, 2, 4);

        assertThat(ledger.outOfOrder()).isEqualTo(2);
    }

    @Test
    void countsDoublesApartFromOrder() {
        assertThat(ledger.arrived(0)).isTrue();
        assertThat(ledger.arrived(1)).isTrue();
        assertThat(ledger.arrived(0)).isFalse();

        assertThat(ledger.duplicated()).isEqualTo(1);
        assertThat(ledger.outOfOrder()).isZero();
    }

    @Test
    void aRunMayBeLongerThanSequencesAre() {
        long from = (1L << 32) - 2;
        for (long sequence = 0; sequence < from; sequence += ArrivalLedger.KEPT) {
            assertThat(ledger.arrived((int) sequence)).isTrue();
        }
        for (long sequence = from; sequence < from + 4; sequence++) {
            assertThat(ledger.arrived((int) sequence)).isTrue();
        }
        assertThat(ledger.arrived((int) from)).isFalse();
        assertThat(ledger.duplicated()).isEqualTo(1);
        assertThat(ledger.outOfOrder()).isZero();
        assertThat(ledger.arrivedOnce()).isEqualTo((1L << 32) / ArrivalLedger.KEPT + 4);
    }

    @Test
    void whatMayStillBeUnderWayIsToldFromDoubles() {
        int last = 5 * ArrivalLedger.KEPT;
        for (int sequence = 0; sequence <= last; sequence += 2) {
            ledger.arrived(sequence);
        }
        assertThat(ledger.arrived(last - ArrivalLedger.KEPT + 1)).isTrue();
        assertThat(ledger.arrived(last - ArrivalLedger.KEPT + 2)).isFalse();
        assertThat(ledger.outOfOrder()).isEqualTo(1);
        assertThat(ledger.duplicated()).isEqualTo(1);
        assertThat(ledger.arrived(1)).isFalse();
    }

    private void arrive(int... sequences) {
        for (int sequence : sequences) {
            ledger.arrived(sequence);
        }
    }
}
