// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class KnownNetworksTest {
    private final KnownNetworks networks = new KnownNetworks();

    @Test
    void aNameFindsWhatWasLearnedThere() {
        networks.enter("home");
        MappingLifetime home = networks.mapping();
        networks.enter("carrier");
        assertThat(networks.mapping()).isNotSameAs(home);
        networks.enter("home");
        assertThat(networks.mapping()).isSameAs(home);
    }

    @Test
    void aNetworkWithoutNameIsANewOneEachTime() {
        MappingLifetime first = networks.mapping();
        networks.enter(null);
        MappingLifetime second = networks.mapping();
        networks.enter(null);
        assertThat(second).isNotSameAs(first).isNotSameAs(networks.mapping());
    }

    @Test
    void theNetworksUsedLastAreRemembered() {
        networks.enter("home");
        MappingLifetime home = networks.mapping();
        for (int i = 1; i < KnownNetworks.MOST; i++) {
            networks.enter("cafe " + i);
        }
        networks.enter("home");
        assertThat(networks.mapping()).isSameAs(home);
        MappingLifetime[] cafes = new MappingLifetime[2];
        networks.enter("cafe 2");
        cafes[1] = networks.mapping();
        networks.enter("one more");
        networks.enter("cafe 2");
        assertThat(networks.mapping()).as("used lately").isSameAs(cafes[1]);
        networks.enter("home");
        assertThat(networks.mapping()).isSameAs(home);
        for (int i = 0; i < KnownNetworks.MOST; i++) {
            networks.enter("hotel " + i);
        }
        networks.enter("home");
        assertThat(networks.mapping()).as("forgotten").isNotSameAs(home);
    }
}
