// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.simnet.RandomStream;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ConnectionIdsTest {
    private final RandomStream random = RandomStream.of(4, "ids");
    private final ServerSecret secret = ServerSecret.random(random);
    private final ConnectionIds ids = new ConnectionIds(secret);

    @Test
    void namesLoopAndSlot() {
        long id = ids.create(200, 0xabcdef, 4095);
        assertThat(ConnectionIds.loopOf(id)).isEqualTo(200);
        assertThat(ConnectionIds.slotOf(id)).isEqualTo(0xabcdef);
        assertThat(ids.isOurs(id)).isTrue();
    }

    @Test
    void knowsItsIdsAfterARestartWithTheSameSecretOnly() {
        long id = ids.create(1, 2, 3);
        assertThat(new ConnectionIds(new ServerSecret(secret.toByteArray())).isOurs(id))
                .isTrue();
        assertThat(new ConnectionIds(new ServerSecret(secret.toByteArray())).resetToken(id))
                .isEqualTo(ids.resetToken(id));
        int ours = 0;
        for (int i = 0; i < 1000; i++) {
            ours += new ConnectionIds(ServerSecret.random(random)).isOurs(id) ? 1 : 0;
        }
        assertThat(ours).isLessThanOrEqualTo(1);
    }

    @Test
    void givesEachGenerationOfASlotAnotherId() {
        Set<Long> all = new HashSet<>();
        Set<Long> tokens = new HashSet<>();
        for (int generation = 0; generation < 4096; generation++) {
            all.add(ids.create(0, 5, generation));
            tokens.add(ids.resetToken(ids.create(0, 5, generation)));
        }
        assertThat(all).hasSize(4096);
        assertThat(tokens).hasSize(4096);
    }

    @Test
    void seldomTakesAGuessForAnId() {
        int ours = 0;
        for (int i = 0; i < 1_000_000; i++) {
            ours += ids.isOurs(random.nextLong()) ? 1 : 0;
        }
        assertThat(ours).isLessThan(10);
    }
}
