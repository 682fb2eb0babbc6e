// SPDX-License-Identifier: Apache-2.0
package io.hongyan.transport.netty;

class UdpNioTest extends UdpContract {
    @Override
    IoChoice io() {
        return IoChoice.NIO;
    }
}
