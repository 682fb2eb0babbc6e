// SPDX-License-Identifier: Apache-2.0
package io.hongyan.server.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.protocol.rudp.CongestionControl;
import io.hongyan.protocol.rudp.RudpConfig;
import org.junit.jupiter.api.Test;

class UdpSettingsTest {

    @Test
    void withoutAWordTheEngineIsAsItIsByDefault() {
        assertThat(Transports.udp(0).udp().config().build()).isEqualTo(RudpConfig.defaults());
    }

    @Test
    void whatWasChosenReachesTheEngineAndNothingElseChanges() {
        NettyTransport chosen = Transports.udp("localhost", 7)
                .redundancy(false)
                .congestionControl(CongestionControl.CUBIC)
                .maxDatagramBytes(1_300)
                .ticketSeconds(9);
        assertThat(chosen.udp().config().build())
                .isEqualTo(RudpConfig.builder()
                        .redundancy(false)
                        .congestionControl(CongestionControl.CUBIC)
                        .maxDatagramBytes(1_300)
                        .ticketLifetimeSeconds(9)
                        .build());
        assertThat(chosen).hasToString("udp localhost port 7");
        assertThat(chosen.mistake()).isEmpty();
    }
}
