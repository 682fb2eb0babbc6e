// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import io.hongyan.protocol.ThreadSafe;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The numbers of an endpoint. Every one has a safe default; {@link Builder#build()} reports all mistakes at once.
 *
 * @param clientIdBytes length of the ids a client asks to be addressed by: 0 (one connection per socket) or 4 (many);
 *     default 0; clients only
 * @param maxConnections bound of connections, those just closed included; 1 to 16,777,215, default 1,048,576
 * @param maxCookies bound of handshakes remembered for their 10 s; 16 to 4,194,304, default 262,144; servers only
 * @param maxMessageBytes largest message sent or accepted; 1,024 to 1,048,580, default 65,540 (a frame of 64 KiB with
 *     its header)
 * @param sendBufferBytes bound of what waits or is unacknowledged per connection and lane, each message counting
 *     {@value #MESSAGE_OVERHEAD_BYTES} bytes more than it has; at least twice the largest message, at most 16 MiB,
 *     default 262,144
 * @param receiveWindowBytes credit granted per connection and lane, counted likewise; same range, default 262,144
 * @param maxBulkBytes what buffer and credit of a connection's bulk lane grow to where the path needs it: the buffer to
 *     four congestion windows, the credit as long as it is used up within four round trips; less than the two above are is
 *     no bound; 0 (never grow) to 16 MiB, default 1,048,576
 * @param windowGrowthBytes by how much the credit of all bulk lanes of the endpoint may have grown together; then the
 *     others stay as they are; 0 to 1 GiB, default 67,108,864
 * @param handshakeTimeoutMillis how long a client tries; 1,000 to 10,000 (as long as a cookie lives), default 10,000
 * @param idleTimeoutMillis silence after which a connection is given up; 5,000 to 3,600,000, default 120,000
 * @param keepAliveMillis silence after which a client pings, 0 = never; at most a third of either side's idle timeout
 *     is used; 0 to 1,200,000, default 25,000; a server never pings
 * @param closeFlushMillis how long {@link RudpConnection#close} goes on delivering what was sent before; 0 to 60,000,
 *     default 2,000
 * @param ticketLifetimeSeconds how long a ticket, with which a client's next connection begins without a round trip, is
 *     good; 0 = none are given out or taken; 0 to 604,800, default 86,400; servers only
 * @param maxTickets of how many tickets given out, the newest ones, the server remembers whether they were used, a bit
 *     each: older ones are no longer taken; 16 to 16,777,216, default 1,048,576; servers only
 * @param resetsPerSecond bound of answers to datagrams of connections that are gone; 0 to 100,000, default 500
 * @param redundancy whether small chat messages are sent twice while datagrams get lost; default true
 * @param congestionControl how a connection finds out how much the path takes; default {@link CongestionControl#BBR}
 * @param maxDatagramBytes longest datagram, in bytes of UDP payload, that is tried on a path where much bulk waits;
 *     {@value #DATAGRAM_BYTES} (never try) to {@value #LONGEST_DATAGRAM_BYTES}, the default
 */
@ThreadSafe
public record RudpConfig(
        int clientIdBytes,
        int maxConnections,
        int maxCookies,
        int maxMessageBytes,
        int sendBufferBytes,
        int receiveWindowBytes,
        int maxBulkBytes,
        int windowGrowthBytes,
        int handshakeTimeoutMillis,
        int idleTimeoutMillis,
        int keepAliveMillis,
        int closeFlushMillis,
        int ticketLifetimeSeconds,
        int maxTickets,
        int resetsPerSecond,
        boolean redundancy,
        CongestionControl congestionControl,
        int maxDatagramBytes) {

    /** What each message costs beyond its bytes in buffers and credit, so that floods of tiny ones are bounded too. */
    public static final int MESSAGE_OVERHEAD_BYTES = 64;

    /**
     * The longest datagram sent, in bytes of UDP payload, but for bulk on a path that was seen to carry longer ones. A
     * first datagram is padded to exactly this.
     */
    public static final int DATAGRAM_BYTES = 1200;

    /** The longest datagram ever sent, in bytes of UDP payload: what a driver must have room for. */
    public static final int LONGEST_DATAGRAM_BYTES = 1452;

    /** The largest message of {@link io.hongyan.protocol.Lane#EPHEMERAL}: it must fit in one datagram. */
    public static final int MAX_EPHEMERAL_BYTES = 1024;

    private static final int MAX_BUFFER_BYTES = 16 << 20;

    /** Checks all ranges. */
    public RudpConfig {
        Objects.requireNonNull(congestionControl, "congestionControl");
        List<String> mistakes = new ArrayList<>();
        if (clientIdBytes != 0 && clientIdBytes != 4) {
            mistakes.add("clientIdBytes is 0 or 4, not " + clientIdBytes);
        }
        check(mistakes, "maxConnections", maxConnections, 1, (1 << 24) - 1);
        check(mistakes, "maxCookies", maxCookies, 16, 1 << 22);
        check(mistakes, "maxMessageBytes", maxMessageBytes, 1024, (1 << 20) + 4);
        int twoMessages = 2 * (maxMessageBytes + MESSAGE_OVERHEAD_BYTES);
        check(mistakes, "sendBufferBytes", sendBufferBytes, twoMessages, MAX_BUFFER_BYTES);
        check(mistakes, "receiveWindowBytes", receiveWindowBytes, twoMessages, MAX_BUFFER_BYTES);
        check(mistakes, "maxBulkBytes", maxBulkBytes, 0, MAX_BUFFER_BYTES);
        check(mistakes, "windowGrowthBytes", windowGrowthBytes, 0, 1 << 30);
        check(mistakes, "handshakeTimeoutMillis", handshakeTimeoutMillis, 1_000, 10_000);
        check(mistakes, "idleTimeoutMillis", idleTimeoutMillis, 5_000, 3_600_000);
        check(mistakes, "keepAliveMillis", keepAliveMillis, 0, 1_200_000);
        check(mistakes, "closeFlushMillis", closeFlushMillis, 0, 60_000);
        check(mistakes, "ticketLifetimeSeconds", ticketLifetimeSeconds, 0, 604_800);
        check(mistakes, "maxTickets", maxTickets, 16, 1 << 24);
        check(mistakes, "resetsPerSecond", resetsPerSecond, 0, 100_000);
        check(mistakes, "maxDatagramBytes", maxDatagramBytes, DATAGRAM_BYTES, LONGEST_DATAGRAM_BYTES);
        if (!mistakes.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", mistakes));
        }
    }

    private static void check(List<String> mistakes, String name, int value, int least, int most) {
        if (value < least || value > most) {
            mistakes.add(name + " is " + least + " to " + most + ", not " + value);
        }
    }

    /** The largest buffer of the bulk lane. */
    int largestBulkBufferBytes() {
        return Math.max(sendBufferBytes, maxBulkBytes);
    }

    /** The largest window of the bulk lane. */
    int largestBulkWindowBytes() {
        return Math.max(receiveWindowBytes, maxBulkBytes);
    }

    /** The defaults. */
    public static RudpConfig defaults() {
        return builder().build();
    }

    /** A builder that begins with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects the numbers; see the record's parameters for their meaning. */
    public static final class Builder {
        private int clientIdBytes;
        private int maxConnections = 1 << 20;
        private int maxCookies = 1 << 18;
        private int maxMessageBytes = (64 << 10) + 4;
        private int sendBufferBytes;
        private int receiveWindowBytes;
        private int maxBulkBytes = 1 << 20;
        private int windowGrowthBytes = 64 << 20;
        private int handshakeTimeoutMillis = 10_000;
        private int idleTimeoutMillis = 120_000;
        private int keepAliveMillis = 25_000;
        private int closeFlushMillis = 2_000;
        private int ticketLifetimeSeconds = 86_400;
        private int maxTickets = 1 << 20;
        private int resetsPerSecond = 500;
        private boolean redundancy = true;
        private CongestionControl congestionControl = CongestionControl.BBR;
        private int maxDatagramBytes = LONGEST_DATAGRAM_BYTES;

        private Builder() {}

        /** See {@link RudpConfig#clientIdBytes()}. */
        public Builder clientIdBytes(int value) {
            clientIdBytes = value;
            return this;
        }

        /** See {@link RudpConfig#maxConnections()}. */
        public Builder maxConnections(int value) {
            maxConnections = value;
            return this;
        }

        /** See {@link RudpConfig#maxCookies()}. */
        public Builder maxCookies(int value) {
            maxCookies = value;
            return this;
        }

        /** See {@link RudpConfig#maxMessageBytes()}. Buffers not set grow with it to three messages. */
        public Builder maxMessageBytes(int value) {
            maxMessageBytes = value;
            return this;
        }

        /** See {@link RudpConfig#sendBufferBytes()}. */
        public Builder sendBufferBytes(int value) {
            sendBufferBytes = value;
            return this;
        }

        /** See {@link RudpConfig#receiveWindowBytes()}. */
        public Builder receiveWindowBytes(int value) {
            receiveWindowBytes = value;
            return this;
        }

        /** See {@link RudpConfig#maxBulkBytes()}. */
        public Builder maxBulkBytes(int value) {
            maxBulkBytes = value;
            return this;
        }

        /** See {@link RudpConfig#windowGrowthBytes()}. */
        public Builder windowGrowthBytes(int value) {
            windowGrowthBytes = value;
            return this;
        }

        /** See {@link RudpConfig#handshakeTimeoutMillis()}. */
        public Builder handshakeTimeoutMillis(int value) {
            handshakeTimeoutMillis = value;
            return this;
        }

        /** See {@link RudpConfig#idleTimeoutMillis()}. */
        public Builder idleTimeoutMillis(int value) {
            idleTimeoutMillis = value;
            return this;
        }

        /** See {@link RudpConfig#keepAliveMillis()}. */
        public Builder keepAliveMillis(int value) {
            keepAliveMillis = value;
            return this;
        }

        /** See {@link RudpConfig#closeFlushMillis()}. */
        public Builder closeFlushMillis(int value) {
            closeFlushMillis = value;
            return this;
        }

        /** See {@link RudpConfig#ticketLifetimeSeconds()}. */
        public Builder ticketLifetimeSeconds(int value) {
            ticketLifetimeSeconds = value;
            return this;
        }

        /** See {@link RudpConfig#maxTickets()}. */
        public Builder maxTickets(int value) {
            maxTickets = value;
            return this;
        }

        /** See {@link RudpConfig#resetsPerSecond()}. */
        public Builder resetsPerSecond(int value) {
            resetsPerSecond = value;
            return this;
        }

        /** See {@link RudpConfig#redundancy()}. */
        public Builder redundancy(boolean value) {
            redundancy = value;
            return this;
        }

        /** See {@link RudpConfig#congestionControl()}. */
        public Builder congestionControl(CongestionControl value) {
            congestionControl = value;
            return this;
        }

        /** See {@link RudpConfig#maxDatagramBytes()}. */
        public Builder maxDatagramBytes(int value) {
            maxDatagramBytes = value;
            return this;
        }

        /**
         * The configuration.
         *
         * @throws IllegalArgumentException naming every value out of its range
         */
        public RudpConfig build() {
            int usual = Math.max(256 << 10, 3 * (maxMessageBytes + MESSAGE_OVERHEAD_BYTES));
            return new RudpConfig(
                    clientIdBytes,
                    maxConnections,
                    maxCookies,
                    maxMessageBytes,
                    sendBufferBytes == 0 ? usual : sendBufferBytes,
                    receiveWindowBytes == 0 ? usual : receiveWindowBytes,
                    maxBulkBytes,
                    windowGrowthBytes,
                    handshakeTimeoutMillis,
                    idleTimeoutMillis,
                    keepAliveMillis,
                    closeFlushMillis,
                    ticketLifetimeSeconds,
                    maxTickets,
                    resetsPerSecond,
                    redundancy,
                    congestionControl,
                    maxDatagramBytes);
        }
    }
}
