// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.limit;

import io.hongyan.protocol.ThreadSafe;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A rate per remote address, an IPv6 /64 counting as one. The table is bounded: the address not heard of for longest is
 * forgotten, which gives it a full bucket again.
 */
@ThreadSafe
public final class AddressRates {
    private static final int STRIPES = 16;

    private final int perSecond;
    private final int burst;
    private final Map<Long, Rate>[] stripes;

    /** @param maxAddresses bound of the table */
    public AddressRates(int perSecond, int burst, int maxAddresses) {
        this.perSecond = perSecond;
        this.burst = burst;
        this.stripes = tables(Math.max(1, maxAddresses / STRIPES));
    }

    /** Takes a token of the address; false when it has none. */
    public boolean take(InetSocketAddress address, long nowNanos) {
        return takeOrWait(address, nowNanos) == 0;
    }

    /**
     * Takes a token of the address, if it has one.
     *
     * @return 0 when it had one; else how long to wait, in ns, so that all who are sent away come back one behind the
     *     other, see {@link ReturnPace}
     */
    public long takeOrWait(InetSocketAddress address, long nowNanos) {
        InetAddress ip = address.getAddress();
        if (ip == null) {
            return 0;
        }
        long network = networkOf(ip);
        Map<Long, Rate> table = stripes[Long.hashCode(network * 0x9E3779B97F4A7C15L) >>> 28 & STRIPES - 1];
        synchronized (table) {
            return table.computeIfAbsent(network, any -> new Rate(perSecond, burst, nowNanos))
                    .takeOrWait(nowNanos);
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
    private static Map<Long, Rate>[] tables(int maxEach) {
        Map[] tables = new Map[STRIPES];
        for (int i = 0; i < STRIPES; i++) {
            tables[i] = new BoundedTable(maxEach);
        }
        return tables;
    }

    private static final class BoundedTable extends LinkedHashMap<Long, Rate> {
        private static final long serialVersionUID = 1L;

        private final int most;

        BoundedTable(int most) {
            super(16, 0.75f, true);
            this.most = most;
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Rate> eldest) {
            return size() > most;
        }
    }

    /** What is known of one address. The pace exists from the first refusal on. */
    private static final class Rate {
        private final int perSecond;
        private final TokenBucket bucket;
        private @Nullable ReturnPace sentAway;

        Rate(int perSecond, int burst, long nowNanos) {
            this.perSecond = perSecond;
            this.bucket = new TokenBucket(perSecond, burst, nowNanos);
        }

        long takeOrWait(long nowNanos) {
            if (bucket.take(nowNanos)) {
                return 0;
            }
            ReturnPace pace = sentAway;
            if (pace == null) {
                pace = new ReturnPace(perSecond);
                sentAway = pace;
            }
            return pace.nextNanos(nowNanos);
        }
    }
}
