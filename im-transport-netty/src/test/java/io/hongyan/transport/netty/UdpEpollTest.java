// SPDX-License-Identifier: Apache-2.0
package io.hongyan.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.protocol.rudp.RudpConfig;
import io.netty.channel.socket.DatagramChannel;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
@Tag("once")
class UdpEpollTest extends UdpContract {
    @Override
    IoChoice io() {
        return IoChoice.EPOLL;
    }

    @Test
    void datagramsAreNotFragmentedWhereTheirLengthIsTried() {
        DatagramChannel tries = Sockets.newDatagramSocket(IoChoice.EPOLL);
        DatagramChannel never = Sockets.newDatagramSocket(IoChoice.EPOLL);
        int before = never.config().getOption(Sockets.IP_MTU_DISCOVER);
        Sockets.configureDatagrams(tries, RudpConfig.defaults(), options);
        Sockets.configureDatagrams(
                never, RudpConfig.builder().maxDatagramBytes(1_200).build(), options);
        assertThat(tries.config().getOption(Sockets.IP_MTU_DISCOVER)).isEqualTo(Sockets.PMTUDISC_PROBE);
        assertThat(never.config().getOption(Sockets.IP_MTU_DISCOVER)).isEqualTo(before);
        Sockets.close(tries);
        Sockets.close(never);
    }
}
