// SPDX-License-Identifier: Apache-2.0
package io.hongyan.simnet;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.DatagramChannel;

/** One client of a {@link UdpRelay} and the socket that stands for it before the target. Guarded by the relay's lock. */
final class RelayFlow {

    private final SocketAddress client;
    private DatagramChannel upstream;
    private long lastUsedNanos;

    RelayFlow(SocketAddress client, DatagramChannel upstream) {
        this.client = client;
        this.upstream = upstream;
    }

    SocketAddress client() {
        return client;
    }

    DatagramChannel upstream() {
        return upstream;
    }

    /** Goes on through another socket; the old one is closed. */
    void replaceUpstream(DatagramChannel newUpstream) throws IOException {
        try (DatagramChannel old = upstream) {
            upstream = newUpstream;
        }
    }

    void used(long nowNanos) {
        lastUsedNanos = nowNanos;
    }

    long idleNanos(long nowNanos) {
        return nowNanos - lastUsedNanos;
    }

    boolean isOpen() {
        return upstream.isOpen();
    }
}
