// SPDX-License-Identifier: Apache-2.0
package io.hongyan.transport.netty;

import io.hongyan.protocol.Confined;
import io.hongyan.protocol.rudp.PeerAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The address objects a socket was given lately, found again by their numbers: Netty wants objects, the engine keeps
 * numbers. Of fixed size; two addresses that fall on one place push each other out. Remembering what the kernel said
 * also keeps the scope of link-local addresses.
 */
@Confined("owner")
final class SocketAddresses {
    private final @Nullable PeerAddress[] keys;
    private final @Nullable InetSocketAddress[] values;
    private final int mask;

    /** @param places a power of two */
    SocketAddresses(int places) {
        keys = new PeerAddress[places];
        values = new InetSocketAddress[places];
        mask = places - 1;
    }

    void remember(PeerAddress peer, InetSocketAddress address) {
        int place = peer.hashCode() & mask;
        PeerAddress key = keys[place];
        if (key == null) {
            keys[place] = peer.copy();
        } else if (key.sameAs(peer)) {
            return;
        } else {
            key.copyFrom(peer);
        }
        values[place] = address;
    }

    InetSocketAddress of(PeerAddress peer) {
        int place = peer.hashCode() & mask;
        PeerAddress key = keys[place];
        InetSocketAddress known = values[place];
        if (key != null && known != null && key.sameAs(peer)) {
            return known;
        }
        InetSocketAddress address = peer.toSocketAddress();
        remember(peer, address);
        return address;
    }
}
