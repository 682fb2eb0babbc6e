// SPDX-License-Identifier: Apache-2.0
package io.hongyan.testkit;

import io.hongyan.core.transport.Transport;
import java.net.InetSocketAddress;

final class StreamTransportTest extends InMemoryContract {
    @Override
    Transport transport(Machine machine, InetSocketAddress address, String name) {
        return new StreamTransport(machine, address);
    }

    @Override
    String carrier() {
        return "tcp";
    }
}
