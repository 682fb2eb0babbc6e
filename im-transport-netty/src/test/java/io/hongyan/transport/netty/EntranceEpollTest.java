// SPDX-License-Identifier: Apache-2.0
package io.hongyan.transport.netty;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
@Tag("once")
class EntranceEpollTest extends EntranceContract {
    @Override
    IoChoice io() {
        return IoChoice.EPOLL;
    }
}
