// SPDX-License-Identifier: Apache-2.0
package io.hongyan.transport.netty;

class TcpNioTest extends TcpContract {
    @Override
    IoChoice io() {
        return IoChoice.NIO;
    }
}
