// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.flood;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The local addresses to send from, in turn. */
final class Sources {

    private final List<InetAddress> addresses;
    private int next;

    /** @param addresses none = the system chooses */
    Sources(List<InetAddress> addresses) {
        this.addresses = List.copyOf(addresses);
    }

    /** Where the next socket is bound; null leaves it to the system. */
    @Nullable
    InetSocketAddress next() {
        if (addresses.isEmpty()) {
            return null;
        }
        next = (next + 1) % addresses.size();
        return new InetSocketAddress(addresses.get(next), 0);
    }
}
