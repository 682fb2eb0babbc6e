// SPDX-License-Identifier: Apache-2.0
package io.hongyan.transport.netty;

class EntranceNioTest extends EntranceContract {
    @Override
    IoChoice io() {
        return IoChoice.NIO;
    }
}
