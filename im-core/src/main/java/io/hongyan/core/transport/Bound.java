// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.transport;

import io.hongyan.protocol.ThreadSafe;
import java.net.InetSocketAddress;
import java.util.Objects;

/**
 * An address that a transport listens on.
 *
 * @param transport the carrier's short name
 * @param address as bound, with the real port
 */
@ThreadSafe
public record Bound(String transport, InetSocketAddress address) {
    public Bound {
        Objects.requireNonNull(transport, "transport");
        Objects.requireNonNull(address, "address");
    }

    /** The port it listens on. */
    public int port() {
        return address.getPort();
    }
}
