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

    private void arrive(int... sequences) {
        for (int sequence : sequences) {
            ledger.arrived(sequence);
        }
    }
}
