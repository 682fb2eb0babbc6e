// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.limit;

import io.hongyan.protocol.ThreadSafe;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A rate per remote address, an IPv6 /64 counting as one. The table is bounded: the address not heard of for longest is
 * forgotten, which gives it a full bucket again.
 */
@ThreadSafe
public final class AddressRates {
    private static final int STRIPES = 16;

    private final int perSecond;
    private final int burst;
    private final Map<Long, TokenBucket>[] stripes;

    /** @param maxAddresses bound of the table */
    public AddressRates(int perSecond, int burst, int maxAddresses) {
        this.perSecond = perSecond;
        this.burst = burst;
        this.stripes = tables(Math.max(1, maxAddresses / STRIPES));
    }

    /** Takes a token of the address; false when it has none. */
    public boolean take(InetSocketAddress address, long nowNanos) {
        InetAddress ip = address.getAddress();
        if (ip == null) {
            return true;
        }
        long network = networkOf(ip);
        Map<Long, TokenBucket> table = stripes[Long.hashCode(network * 0x9E3779B97F4A7C15L) >>> 28 & STRIPES - 1];
        synchronized (table) {
            return table.computeIfAbsent(network, any -> new TokenBucket(perSecond, burst, nowNanos))
                    .take(nowNanos);
        }
    }

    /** The /64 of an IPv6 address; an IPv4 address in the lower half of a range that no /64 begins with. */
    static long networkOf(InetAddress ip) {
        byte[] bytes = ip.getAddress();
        return ip instanceof Inet6Address
                ? ByteBuffer.wrap(bytes).getLong()
                : ByteBuffer.wrap(bytes).getInt() & 0xFFFF_FFFFL;
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static Map<Long, TokenBucket>[] tables(int maxEach) {
        Map[] tables = new Map[STRIPES];
        for (int i = 0; i < STRIPES; i++) {
            tables[i] = new BoundedTable(maxEach);
        }
        return tables;
    }

    private static final class BoundedTable extends LinkedHashMap<Long, TokenBucket> {
        private static final long serialVersionUID = 1L;

        private final int most;

        BoundedTable(int most) {
            super(16, 0.75f, true);
            this.most = most;
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, TokenBucket> eldest) {
            return size() > most;
        }
    }
}
