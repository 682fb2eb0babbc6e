// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.simnet.RandomStream;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StrikeRegisterTest {
    @Test
    void knowsOnlyWhatWasIssued() {
        StrikeRegister register = new StrikeRegister(100);
        assertThat(register.isUnused(0)).isFalse();
        assertThat(register.issue()).isZero();
        assertThat(register.isUnused(0)).isTrue();
        assertThat(register.isUnused(1)).isFalse();
        assertThat(register.isUnused(-1)).isFalse();
        assertThat(register.isUnused(Long.MIN_VALUE)).isFalse();
        assertThat(register.isUnused(Long.MAX_VALUE)).isFalse();
    }

    @Test
    void strikesOnce() {
        StrikeRegister register = new StrikeRegister(100);
        long serial = register.issue();
        register.strike(serial);
        assertThat(register.isUnused(serial)).isFalse();
    }

    /** As the plain model says: used are those struck, and all but the newest. */
    @Test
    void agreesWithASetOverManyRounds() {
        for (int maxTickets : new int[] {1, 16, 63, 64, 65, 1_000}) {
            StrikeRegister register = new StrikeRegister(maxTickets);
            RandomStream random = RandomStream.of(maxTickets, "strikes");
            Set<Long> struck = new HashSet<>();
            long next = 0;
            for (int i = 0; i < 20_000; i++) {
                if (random.nextInt(2) == 0) {
                    assertThat(register.issue()).isEqualTo(next++);
                } else {
                    long serial = next - 1 - random.nextInt(2 * maxTickets + 2);
                    boolean unused =
                            serial >= 0 && serial < next && next - serial <= maxTickets && !struck.contains(serial);
                    assertThat(register.isUnused(serial)).isEqualTo(unused);
                    if (unused) {
                        register.strike(serial);
                        struck.add(serial);
                    }
                }
            }
        }
    }

    @Test
    void takesABitForEachOfItsTicketsAndNoMore() {
        StrikeRegister register = new StrikeRegister(1 << 20);
        assertThat(register.heldBytes()).isEqualTo(8);
        for (int i = 0; i < 3 << 20; i++) {
            register.issue();
        }
        assertThat(register.heldBytes()).isEqualTo(128 << 10);
    }
}
