// SPDX-License-Identifier: Apache-2.0
package io.hongyan.testkit;

import io.hongyan.protocol.Confined;
import io.hongyan.simnet.SimAddress;
import io.hongyan.simnet.SimNode;
import io.hongyan.simnet.SimulatedNetwork;
import java.nio.ByteBuffer;

/** A client's socket for datagrams, behind its {@link TestLink}: while that is cut, nothing passes either way. */
@Confined("world")
final class SimulatedSocket {
    private final TestLink link;
    private final SimNode node;

    /** Takes what arrives. */
    interface Receiver {
        void onDatagram(SimAddress from, ByteBuffer datagram);
    }

    SimulatedSocket(TestLink link, SimulatedNetwork network, String name, SimAddress address, Receiver receiver) {
        this.link = link;
        this.node = network.attach(name, address, (from, to, datagram) -> {
            if (!link.isCut()) {
                receiver.onDatagram(from, datagram);
            }
        });
    }

    void send(SimAddress to, ByteBuffer datagram) {
        if (!link.isCut()) {
            node.send(to, datagram);
        }
    }

    void close() {
        node.detach();
        link.closed(this);
    }

    SimNode node() {
        return node;
    }
}
