// SPDX-License-Identifier: Apache-2.0
package io.hongyan.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
@Tag("once")
class TcpEpollTest extends TcpContract {
    @Override
    IoChoice io() {
        return IoChoice.EPOLL;
    }

    /** Silence is found by pings, which are the same on every carrier and system. */
    @Test
    void theKernelGivesUpOnWhatNobodyAcknowledgesAndPingsNobody() {
        EpollSocketChannel link = new EpollSocketChannel();
        try {
            new LinkSettings(StreamOptions.defaults()).apply(link);
            assertThat(link.config().getOption(EpollChannelOption.TCP_USER_TIMEOUT))
                    .isEqualTo(30_000);
            assertThat(link.config().getOption(ChannelOption.SO_KEEPALIVE)).isFalse();
        } finally {
            link.unsafe().closeForcibly();
        }
    }
}
