// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.simnet.RandomStream;
import org.junit.jupiter.api.Test;

class ConnectionTableTest {
    private final RandomStream random = RandomStream.of(1, "table");
    private final ConnectionCore anyone = RudpEndpoint.client(RudpConfig.defaults(), random, RudpTracer.NONE)
            .connect(0, new PeerAddress())
            .core();

    @Test
    void isBoundedAndUsesFreedSlotsAgainInAnotherGeneration() {
        ConnectionTable table = new ConnectionTable(3, random);
        for (int i = 0; i < 3; i++) {
            assertThat(table.freeSlot()).isEqualTo(i);
            table.put(i, anyone);
        }
        assertThat(table.freeSlot()).isEqualTo(-1);
        int generation = table.generation(1);
        table.remove(1);
        assertThat(table.get(1)).isNull();
        assertThat(table.freeSlot()).isEqualTo(1);
        assertThat(table.generation(1)).isEqualTo((generation + 1) & 4095);
        assertThat(table.get(7)).isNull();
        assertThat(table.get(0)).isSameAs(anyone);
    }

    @Test
    void doesNotUseASlotAgainAtOnceWhileThereIsRoom() {
        ConnectionTable table = new ConnectionTable(100_000, random);
        for (int i = 0; i < 1_025; i++) {
            int slot = table.freeSlot();
            assertThat(slot).isEqualTo(i);
            table.put(slot, anyone);
            table.remove(slot);
        }
        for (int i = 0; i < 5_000; i++) {
            int slot = table.freeSlot();
            assertThat(slot).isEqualTo(i % 1_025);
            table.put(slot, anyone);
            table.remove(slot);
        }
        assertThat(table.size()).isZero();
        assertThat(table.end()).isEqualTo(1_025);
    }
}
