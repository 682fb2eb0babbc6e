// SPDX-License-Identifier: Apache-2.0
package io.hongyan.transport.netty;

class TlsNioTest extends TlsContract {
    @Override
    IoChoice io() {
        return IoChoice.NIO;
    }
}
