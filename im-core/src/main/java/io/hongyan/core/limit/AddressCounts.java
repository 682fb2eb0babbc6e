// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.limit;

import io.hongyan.protocol.ThreadSafe;
import java.net.InetAddress;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How many there are of each remote address, an IPv6 /64 counting as one. An address with none takes no memory, so the
 * table is bounded by what it counts.
 */
@ThreadSafe
public final class AddressCounts {
    private final int most;
    private final ConcurrentHashMap<Long, Integer> counts = new ConcurrentHashMap<>();

    /** @param most of one address */
    public AddressCounts(int most) {
        this.most = most;
    }

    /** One more of the address, unless it has its most; then false. */
    public boolean add(InetAddress address) {
        boolean[] added = {false};
        counts.compute(AddressRates.networkOf(address), (network, before) -> {
            int count = before == null ? 0 : before;
            added[0] = count < most;
            return added[0] ? Integer.valueOf(count + 1) : before;
        });
        return added[0];
    }

    /** One less of the address. */
    public void remove(InetAddress address) {
        counts.computeIfPresent(
                AddressRates.networkOf(address), (network, before) -> before == 1 ? null : Integer.valueOf(before - 1));
    }

    /** Addresses of which there is one or more. */
    public int addresses() {
        return counts.size();
    }
}
