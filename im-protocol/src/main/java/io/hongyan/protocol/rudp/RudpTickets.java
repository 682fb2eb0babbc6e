// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import io.hongyan.protocol.Confined;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The tickets that clients of one process keep, by the server that gave them: the newest 64 of each of the 16 servers last
 * heard of. Each is given out once, the newest first. All endpoints that use it must have the same clock; who shares it
 * between threads locks it.
 */
@Confined("owner")
public final class RudpTickets {
    private static final int MAX_SERVERS = 16;
    private static final int MAX_OF_A_SERVER = 64;

    /** The server least recently heard of first. */
    private final Map<PeerAddress, ArrayDeque<RudpTicket>> byServer = new LinkedHashMap<>(32, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<PeerAddress, ArrayDeque<RudpTicket>> eldest) {
            return size() > MAX_SERVERS;
        }
    };

    /** None so far. */
    public RudpTickets() {}

    /** Keeps what a server gave; see {@link RudpEvent#TICKET}. */
    public void keep(PeerAddress server, RudpTicket ticket) {
        ArrayDeque<RudpTicket> tickets = byServer.get(server);
        if (tickets == null) {
            tickets = new ArrayDeque<>();
            byServer.put(server.copy(), tickets);
        }
        tickets.addLast(ticket);
        if (tickets.size() > MAX_OF_A_SERVER) {
            tickets.removeFirst();
        }
    }

    /** Takes out a ticket that this server gave and that is still good; null if there is none. */
    public @Nullable RudpTicket take(PeerAddress server, long nowNanos) {
        ArrayDeque<RudpTicket> tickets = byServer.get(server);
        if (tickets == null) {
            return null;
        }
        RudpTicket newest = tickets.pollLast();
        while (newest != null && !newest.isGood(nowNanos)) {
            newest = tickets.pollLast();
        }
        if (tickets.isEmpty()) {
            byServer.remove(server);
        }
        return newest;
    }

    /** How many are kept. */
    public int size() {
        int size = 0;
        for (ArrayDeque<RudpTicket> tickets : byServer.values()) {
            size += tickets.size();
        }
        return size;
    }
}
