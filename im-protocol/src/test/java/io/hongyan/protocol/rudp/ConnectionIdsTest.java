// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.simnet.RandomStream;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ConnectionIdsTest {
    private final RandomStream random = RandomStream.of(4, "ids");
    private final ServerSecret secret = ServerSecret.random(random);
    private final ConnectionIds ids = new ConnectionIds(secret);
    private final PeerAddress host = PeerAddress.of(new InetSocketAddress("10.0.0.2", 5000));

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
        assertThat(new ConnectionIds(new ServerSecret(secret.toByteArray())).resetToken(id, host))
                .isEqualTo(ids.resetToken(id, host));
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
            tokens.add(ids.resetToken(ids.create(0, 5, generation), host));
        }
        assertThat(all).hasSize(4096);
        assertThat(tokens).hasSize(4096);
    }

    @Test
    void aTokenIsOfOneHostWhateverItsPort() {
        long id = ids.create(1, 2, 3);
        long token = ids.resetToken(id, host);
        assertThat(ids.resetToken(id, PeerAddress.of(new InetSocketAddress("10.0.0.2", 6000))))
                .isEqualTo(token);
        assertThat(ids.resetToken(id, PeerAddress.of(new InetSocketAddress("10.0.0.3", 5000))))
                .isNotEqualTo(token);
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
