// SPDX-License-Identifier: Apache-2.0
package io.hongyan.testkit;

import io.hongyan.core.transport.Transport;
import io.hongyan.protocol.rudp.ServerSecret;
import io.hongyan.simnet.RandomStream;
import java.net.InetSocketAddress;

final class DatagramTransportTest extends InMemoryContract {
    @Override
    Transport transport(Machine machine, InetSocketAddress address, String name) {
        return new DatagramTransport(machine, address, name, ServerSecret.random(RandomStream.of(1, "secret")));
    }

    @Override
    String carrier() {
        return "udp";
    }
}
