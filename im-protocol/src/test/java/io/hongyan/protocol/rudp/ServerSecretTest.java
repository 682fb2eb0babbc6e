// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ServerSecretTest {
    @Test
    void derivesAKeyForEachPurposeAndTellsNobody() {
        ServerSecret secret = new ServerSecret(new byte[32]);
        assertThat(secret.derive("one")).hasSize(32).isNotEqualTo(secret.derive("two"));
        assertThat(secret.derive("one")).isEqualTo(new ServerSecret(secret.toByteArray()).derive("one"));
        assertThat(secret.toString()).doesNotContain("0, 0");
        assertThatThrownBy(() -> new ServerSecret(new byte[31])).isInstanceOf(IllegalArgumentException.class);
    }
}
