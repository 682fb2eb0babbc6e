// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.limit;

import io.hongyan.protocol.ThreadSafe;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The bounds of a node, immutable. Each has a default that is safe, so a node needs none to be set; {@link Limit} says of
 * each its unit, its range and what happens when it is reached.
 *
 * <pre>{@code
 * ServerLimits limits = ServerLimits.builder().maxFrameBytes(128 * 1024).devicesPerUser(3).build();
 * }</pre>
 */
@ThreadSafe
public final class ServerLimits {
    private static final Limit[] ALL = Limit.values();

    private final long[] values;
    private final boolean rateLimited;
    private final SlowConsumerPolicy slowConsumer;

    private ServerLimits(long[] values, boolean rateLimited, SlowConsumerPolicy slowConsumer) {
        this.values = values;
        this.rateLimited = rateLimited;
        this.slowConsumer = slowConsumer;
    }

    /** All defaults. */
    public static ServerLimits defaults() {
        return builder().build();
    }

    /** A builder that begins with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder that begins with these bounds. */
    public Builder toBuilder() {
        Builder builder = new Builder();
        System.arraycopy(values, 0, builder.values, 0, values.length);
        builder.rateLimited = rateLimited;
        builder.slowConsumer = slowConsumer;
        return builder;
    }

    /** The value of a bound, in its unit. */
    public long value(Limit limit) {
        return values[limit.ordinal()];
    }

    /**
     * Whether messages, bytes and packets per session, and logins and connections per address, are limited; true unless
     * switched off.
     */
    public boolean rateLimited() {
        return rateLimited;
    }

    /** What becomes of a user whose every session is full. */
    public SlowConsumerPolicy slowConsumer() {
        return slowConsumer;
    }

    /** Longest frame, header included. In bytes. */
    public int maxFrameBytes() {
        return (int) value(Limit.MAX_FRAME_BYTES);
    }

    /** Largest message, in bytes of payload. In bytes. */
    public int maxMessageBytes() {
        return (int) value(Limit.MAX_MESSAGE_BYTES);
    }

    /** First bytes, TLS and LOGIN together. In ms. */
    public long loginTimeoutMillis() {
        return value(Limit.LOGIN_TIMEOUT_MILLIS);
    }

    /** From LOGIN to the verdict, the wait for a free place included. In ms. */
    public long authenticatorTimeoutMillis() {
        return value(Limit.AUTHENTICATOR_TIMEOUT_MILLIS);
    }

    /** Authentications under way at once, in the whole node; one that blocks counts until it returns. In logins. */
    public int concurrentLogins() {
        return (int) value(Limit.CONCURRENT_LOGINS);
    }

    /** Logins that wait for an authentication. In logins. */
    public int queuedLogins() {
        return (int) value(Limit.QUEUED_LOGINS);
    }

    /** Connections that have not logged in, in the whole node. In connections. */
    public int strangers() {
        return (int) value(Limit.STRANGERS);
    }

    /** Frames that a client sent behind its LOGIN, held until it is answered. In bytes. */
    public int earlyBytes() {
        return (int) value(Limit.EARLY_BYTES);
    }

    /** Logins of one address, an IPv6 /64 counting as one. In logins/s per address. */
    public int loginsPerSecond() {
        return (int) value(Limit.LOGINS_PER_SECOND);
    }

    /** Logins of one address at once, after a rest. In logins per address. */
    public int loginBurst() {
        return (int) value(Limit.LOGIN_BURST);
    }

    /** Addresses whose logins, and whose new connections, are counted. In addresses. */
    public int loginAddresses() {
        return (int) value(Limit.LOGIN_ADDRESSES);
    }

    /** Time for the first four bytes of a TCP link, which say what it speaks. In ms. */
    public long firstBytesTimeoutMillis() {
        return value(Limit.FIRST_BYTES_TIMEOUT_MILLIS);
    }

    /** Connections of one address at once, an IPv6 /64 counting as one. In connections per address. */
    public int connectionsPerAddress() {
        return (int) value(Limit.CONNECTIONS_PER_ADDRESS);
    }

    /** New connections of one address. In connections/s per address. */
    public int connectionsPerSecond() {
        return (int) value(Limit.CONNECTIONS_PER_SECOND);
    }

    /** New connections of one address at once, after a rest. In connections per address. */
    public int connectionBurst() {
        return (int) value(Limit.CONNECTION_BURST);
    }

    /** Messages of one session. In messages/s per session. */
    public int messagesPerSecond() {
        return (int) value(Limit.MESSAGES_PER_SECOND);
    }

    /** Messages of one session at once, after a rest. In messages per session. */
    public int messageBurst() {
        return (int) value(Limit.MESSAGE_BURST);
    }

    /** Bytes of one session's frames, chunks as they come. In bytes/s per session. */
    public int bytesPerSecond() {
        return (int) value(Limit.BYTES_PER_SECOND);
    }

    /** Bytes of one session at once, after a rest. In bytes per session. */
    public int byteBurst() {
        return (int) value(Limit.BYTE_BURST);
    }

    /** Packets of one session that nothing else pays for. In packets/s per session. */
    public int packetsPerSecond() {
        return (int) value(Limit.PACKETS_PER_SECOND);
    }

    /** Such packets of one session at once, after a rest. In packets per session. */
    public int packetBurst() {
        return (int) value(Limit.PACKET_BURST);
    }

    /** Silence after which a client sends PING, unless it asks for another one. In s. */
    public int keepAliveSeconds() {
        return (int) value(Limit.KEEP_ALIVE_SECONDS);
    }

    /** Shortest keep-alive that a client may ask for. In s. */
    public int minKeepAliveSeconds() {
        return (int) value(Limit.MIN_KEEP_ALIVE_SECONDS);
    }

    /** Longest keep-alive that a client may ask for. In s. */
    public int maxKeepAliveSeconds() {
        return (int) value(Limit.MAX_KEEP_ALIVE_SECONDS);
    }

    /** Counted frames, or a crowd of answers, outstanding without progress on a live link. In ms. */
    public long noProgressTimeoutMillis() {
        return value(Limit.NO_PROGRESS_TIMEOUT_MILLIS);
    }

    /** How long a session whose link is lost waits for its client to resume it; 0: not at all. In ms. */
    public long detachedMillis() {
        return value(Limit.DETACHED_MILLIS);
    }

    /** Messages that such a session may hold, 256 bytes of overhead each. In bytes per session. */
    public int detachedSessionBytes() {
        return (int) value(Limit.DETACHED_SESSION_BYTES);
    }

    /** The same of all of them, in the whole node, 2 KiB of overhead for each session. In bytes. */
    public long detachedBytes() {
        return value(Limit.DETACHED_BYTES);
    }

    /** Sessions whose link is lost, in the whole node. In sessions. */
    public int detachedSessions() {
        return (int) value(Limit.DETACHED_SESSIONS);
    }

    /** Sessions of one user at once. In sessions. */
    public int devicesPerUser() {
        return (int) value(Limit.DEVICES_PER_USER);
    }

    /** Client instances of one user whose message ids are remembered, beside those with a session. In instances per user. */
    public int instancesPerUser() {
        return (int) value(Limit.INSTANCES_PER_USER);
    }

    /** The same of all users, in the whole node; each takes less than 4 KiB. In instances. */
    public int rememberedInstances() {
        return (int) value(Limit.REMEMBERED_INSTANCES);
    }

    /** Chat messages for one session that it has not counted, 256 bytes of overhead each. In bytes per session. */
    public int sessionBytes() {
        return (int) value(Limit.SESSION_BYTES);
    }

    /** The same for bulk messages; one larger message is taken when there is no other. In bytes per session. */
    public int sessionBulkBytes() {
        return (int) value(Limit.SESSION_BULK_BYTES);
    }

    /** READ receipts that wait to be written to one session. In sets per session. */
    public int readReceipts() {
        return (int) value(Limit.READ_RECEIPTS);
    }

    /** Bulk messages not counted by their recipients, in the whole node. In bytes. */
    public long bulkBytes() {
        return value(Limit.BULK_BYTES);
    }

    /** Memory for chunks received of messages not complete yet, in the whole node. In bytes. */
    public long reassemblyBytes() {
        return value(Limit.REASSEMBLY_BYTES);
    }

    /** How long a message of which chunks have come may wait for the next one. In ms. */
    public long reassemblyTimeoutMillis() {
        return value(Limit.REASSEMBLY_TIMEOUT_MILLIS);
    }

    /** Users whose presence one session is told of. In users per session. */
    public int presenceSubscriptions() {
        return (int) value(Limit.PRESENCE_SUBSCRIPTIONS);
    }

    /** Sessions that are told of one user's presence. In sessions per user. */
    public int presenceWatchers() {
        return (int) value(Limit.PRESENCE_WATCHERS);
    }

    /** All such subscriptions, in the whole node. In subscriptions. */
    public int allPresenceSubscriptions() {
        return (int) value(Limit.ALL_PRESENCE_SUBSCRIPTIONS);
    }

    /** How long a user whose last connection was lost still counts as online. In ms. */
    public long presenceGraceMillis() {
        return value(Limit.PRESENCE_GRACE_MILLIS);
    }

    /** Messages on their way from one event loop to another. In bytes. */
    public int loopPairBytes() {
        return (int) value(Limit.LOOP_PAIR_BYTES);
    }

    /** Messages and events of a session that wait for listeners. In tasks per session. */
    public int laneTasks() {
        return (int) value(Limit.LANE_TASKS);
    }

    /** Messages of a session that were read and not answered yet: with the store, or with listeners. In messages per session. */
    public int openMessages() {
        return (int) value(Limit.OPEN_MESSAGES);
    }

    /** Messages of one page read from the store for a user who comes back. In messages. */
    public int catchUpMessages() {
        return (int) value(Limit.CATCH_UP_MESSAGES);
    }

    /** Bytes of such a page, except that one message is always read. In bytes. */
    public int catchUpBytes() {
        return (int) value(Limit.CATCH_UP_BYTES);
    }

    /** Messages sent by the application whose receipt is awaited. In messages. */
    public int outstandingSends() {
        return (int) value(Limit.OUTSTANDING_SENDS);
    }

    /** How long the application's send awaits its receipt. In ms. */
    public long sendTimeoutMillis() {
        return value(Limit.SEND_TIMEOUT_MILLIS);
    }

    /** Threads of the node's own worker pool; unused ones end. In threads. */
    public int workerThreads() {
        return (int) value(Limit.WORKER_THREADS);
    }

    /** The bounds that differ from their defaults. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("ServerLimits[");
        for (Limit limit : ALL) {
            if (value(limit) != limit.defaultValue()) {
                text.append(limit.title()).append('=').append(value(limit)).append(' ');
            }
        }
        if (slowConsumer != SlowConsumerPolicy.KEEP_FOR_LATER) {
            text.append("slowConsumer=").append(slowConsumer).append(' ');
        }
        return text.append(rateLimited ? "rateLimited" : "notRateLimited")
                .append(']')
                .toString();
    }

    /** Collects bounds; {@link #build()} judges them all together. Not thread-safe. */
    public static final class Builder {
        private final long[] values = new long[ALL.length];
        private boolean rateLimited = true;
        private SlowConsumerPolicy slowConsumer = SlowConsumerPolicy.KEEP_FOR_LATER;

        private Builder() {
            for (Limit limit : ALL) {
                values[limit.ordinal()] = limit.defaultValue();
            }
        }

        /** Sets a bound by its enum, in its unit. */
        public Builder set(Limit limit, long value) {
            values[limit.ordinal()] = value;
            return this;
        }

        /**
         * Switches off the rates of messages, bytes and packets per session, and all bounds per address: logins and
         * connections. For load tests and trusted networks.
         */
        public Builder noRateLimits() {
            rateLimited = false;
            return this;
        }

        /** What becomes of a user whose every session is full; {@link SlowConsumerPolicy#KEEP_FOR_LATER} by default. */
        public Builder slowConsumer(SlowConsumerPolicy policy) {
            slowConsumer = Objects.requireNonNull(policy, "policy");
            return this;
        }

        /** Longest frame, header included. In bytes. */
        public Builder maxFrameBytes(int maxFrameBytes) {
            return set(Limit.MAX_FRAME_BYTES, maxFrameBytes);
        }

        /** Largest message, in bytes of payload. In bytes. */
        public Builder maxMessageBytes(int maxMessageBytes) {
            return set(Limit.MAX_MESSAGE_BYTES, maxMessageBytes);
        }

        /** First bytes, TLS and LOGIN together. In ms. */
        public Builder loginTimeoutMillis(long loginTimeoutMillis) {
            return set(Limit.LOGIN_TIMEOUT_MILLIS, loginTimeoutMillis);
        }

        /** From LOGIN to the verdict, the wait for a free place included. In ms. */
        public Builder authenticatorTimeoutMillis(long authenticatorTimeoutMillis) {
            return set(Limit.AUTHENTICATOR_TIMEOUT_MILLIS, authenticatorTimeoutMillis);
        }

        /** Authentications under way at once, in the whole node; one that blocks counts until it returns. In logins. */
        public Builder concurrentLogins(int concurrentLogins) {
            return set(Limit.CONCURRENT_LOGINS, concurrentLogins);
        }

        /** Logins that wait for an authentication. In logins. */
        public Builder queuedLogins(int queuedLogins) {
            return set(Limit.QUEUED_LOGINS, queuedLogins);
        }

        /** Connections that have not logged in, in the whole node. In connections. */
        public Builder strangers(int strangers) {
            return set(Limit.STRANGERS, strangers);
        }

        /** Frames that a client sent behind its LOGIN, held until it is answered. In bytes. */
        public Builder earlyBytes(int earlyBytes) {
            return set(Limit.EARLY_BYTES, earlyBytes);
        }

        /** Logins of one address, an IPv6 /64 counting as one. In logins/s per address. */
        public Builder loginsPerSecond(int loginsPerSecond) {
            return set(Limit.LOGINS_PER_SECOND, loginsPerSecond);
        }

        /** Logins of one address at once, after a rest. In logins per address. */
        public Builder loginBurst(int loginBurst) {
            return set(Limit.LOGIN_BURST, loginBurst);
        }

        /** Addresses whose logins, and whose new connections, are counted. In addresses. */
        public Builder loginAddresses(int loginAddresses) {
            return set(Limit.LOGIN_ADDRESSES, loginAddresses);
        }

        /** Time for the first four bytes of a TCP link, which say what it speaks. In ms. */
        public Builder firstBytesTimeoutMillis(long firstBytesTimeoutMillis) {
            return set(Limit.FIRST_BYTES_TIMEOUT_MILLIS, firstBytesTimeoutMillis);
        }

        /** Connections of one address at once, an IPv6 /64 counting as one. In connections per address. */
        public Builder connectionsPerAddress(int connectionsPerAddress) {
            return set(Limit.CONNECTIONS_PER_ADDRESS, connectionsPerAddress);
        }

        /** New connections of one address. In connections/s per address. */
        public Builder connectionsPerSecond(int connectionsPerSecond) {
            return set(Limit.CONNECTIONS_PER_SECOND, connectionsPerSecond);
        }

        /** New connections of one address at once, after a rest. In connections per address. */
        public Builder connectionBurst(int connectionBurst) {
            return set(Limit.CONNECTION_BURST, connectionBurst);
        }

        /** Messages of one session. In messages/s per session. */
        public Builder messagesPerSecond(int messagesPerSecond) {
            return set(Limit.MESSAGES_PER_SECOND, messagesPerSecond);
        }

        /** Messages of one session at once, after a rest. In messages per session. */
        public Builder messageBurst(int messageBurst) {
            return set(Limit.MESSAGE_BURST, messageBurst);
        }

        /** Bytes of one session's frames, chunks as they come. In bytes/s per session. */
        public Builder bytesPerSecond(int bytesPerSecond) {
            return set(Limit.BYTES_PER_SECOND, bytesPerSecond);
        }

        /** Bytes of one session at once, after a rest. In bytes per session. */
        public Builder byteBurst(int byteBurst) {
            return set(Limit.BYTE_BURST, byteBurst);
        }

        /** Packets of one session that nothing else pays for. In packets/s per session. */
        public Builder packetsPerSecond(int packetsPerSecond) {
            return set(Limit.PACKETS_PER_SECOND, packetsPerSecond);
        }

        /** Such packets of one session at once, after a rest. In packets per session. */
        public Builder packetBurst(int packetBurst) {
            return set(Limit.PACKET_BURST, packetBurst);
        }

        /** Silence after which a client sends PING, unless it asks for another one. In s. */
        public Builder keepAliveSeconds(int keepAliveSeconds) {
            return set(Limit.KEEP_ALIVE_SECONDS, keepAliveSeconds);
        }

        /** Shortest keep-alive that a client may ask for. In s. */
        public Builder minKeepAliveSeconds(int minKeepAliveSeconds) {
            return set(Limit.MIN_KEEP_ALIVE_SECONDS, minKeepAliveSeconds);
        }

        /** Longest keep-alive that a client may ask for. In s. */
        public Builder maxKeepAliveSeconds(int maxKeepAliveSeconds) {
            return set(Limit.MAX_KEEP_ALIVE_SECONDS, maxKeepAliveSeconds);
        }

        /** Counted frames, or a crowd of answers, outstanding without progress on a live link. In ms. */
        public Builder noProgressTimeoutMillis(long noProgressTimeoutMillis) {
            return set(Limit.NO_PROGRESS_TIMEOUT_MILLIS, noProgressTimeoutMillis);
        }

        /** How long a session whose link is lost waits for its client to resume it; 0: not at all. In ms. */
        public Builder detachedMillis(long detachedMillis) {
            return set(Limit.DETACHED_MILLIS, detachedMillis);
        }

        /** Messages that such a session may hold, 256 bytes of overhead each. In bytes per session. */
        public Builder detachedSessionBytes(int detachedSessionBytes) {
            return set(Limit.DETACHED_SESSION_BYTES, detachedSessionBytes);
        }

        /** The same of all of them, in the whole node, 2 KiB of overhead for each session. In bytes. */
        public Builder detachedBytes(long detachedBytes) {
            return set(Limit.DETACHED_BYTES, detachedBytes);
        }

        /** Sessions whose link is lost, in the whole node. In sessions. */
        public Builder detachedSessions(int detachedSessions) {
            return set(Limit.DETACHED_SESSIONS, detachedSessions);
        }

        /** Sessions of one user at once. In sessions. */
        public Builder devicesPerUser(int devicesPerUser) {
            return set(Limit.DEVICES_PER_USER, devicesPerUser);
        }

        /** Client instances of one user whose message ids are remembered, beside those with a session. In instances per user. */
        public Builder instancesPerUser(int instancesPerUser) {
            return set(Limit.INSTANCES_PER_USER, instancesPerUser);
        }

        /** The same of all users, in the whole node; each takes less than 4 KiB. In instances. */
        public Builder rememberedInstances(int rememberedInstances) {
            return set(Limit.REMEMBERED_INSTANCES, rememberedInstances);
        }

        /** Chat messages for one session that it has not counted, 256 bytes of overhead each. In bytes per session. */
        public Builder sessionBytes(int sessionBytes) {
            return set(Limit.SESSION_BYTES, sessionBytes);
        }

        /** The same for bulk messages; one larger message is taken when there is no other. In bytes per session. */
        public Builder sessionBulkBytes(int sessionBulkBytes) {
            return set(Limit.SESSION_BULK_BYTES, sessionBulkBytes);
        }

        /** READ receipts that wait to be written to one session. In sets per session. */
        public Builder readReceipts(int readReceipts) {
            return set(Limit.READ_RECEIPTS, readReceipts);
        }

        /** Bulk messages not counted by their recipients, in the whole node. In bytes. */
        public Builder bulkBytes(long bulkBytes) {
            return set(Limit.BULK_BYTES, bulkBytes);
        }

        /** Memory for chunks received of messages not complete yet, in the whole node. In bytes. */
        public Builder reassemblyBytes(long reassemblyBytes) {
            return set(Limit.REASSEMBLY_BYTES, reassemblyBytes);
        }

        /** How long a message of which chunks have come may wait for the next one. In ms. */
        public Builder reassemblyTimeoutMillis(long reassemblyTimeoutMillis) {
            return set(Limit.REASSEMBLY_TIMEOUT_MILLIS, reassemblyTimeoutMillis);
        }

        /** Users whose presence one session is told of. In users per session. */
        public Builder presenceSubscriptions(int presenceSubscriptions) {
            return set(Limit.PRESENCE_SUBSCRIPTIONS, presenceSubscriptions);
        }

        /** Sessions that are told of one user's presence. In sessions per user. */
        public Builder presenceWatchers(int presenceWatchers) {
            return set(Limit.PRESENCE_WATCHERS, presenceWatchers);
        }

        /** All such subscriptions, in the whole node. In subscriptions. */
        public Builder allPresenceSubscriptions(int allPresenceSubscriptions) {
            return set(Limit.ALL_PRESENCE_SUBSCRIPTIONS, allPresenceSubscriptions);
        }

        /** How long a user whose last connection was lost still counts as online. In ms. */
        public Builder presenceGraceMillis(long presenceGraceMillis) {
            return set(Limit.PRESENCE_GRACE_MILLIS, presenceGraceMillis);
        }

        /** Messages on their way from one event loop to another. In bytes. */
        public Builder loopPairBytes(int loopPairBytes) {
            return set(Limit.LOOP_PAIR_BYTES, loopPairBytes);
        }

        /** Messages and events of a session that wait for listeners. In tasks per session. */
        public Builder laneTasks(int laneTasks) {
            return set(Limit.LANE_TASKS, laneTasks);
        }

        /** Messages of a session that were read and not answered yet: with the store, or with listeners. In messages per session. */
        public Builder openMessages(int openMessages) {
            return set(Limit.OPEN_MESSAGES, openMessages);
        }

        /** Messages of one page read from the store for a user who comes back. In messages. */
        public Builder catchUpMessages(int catchUpMessages) {
            return set(Limit.CATCH_UP_MESSAGES, catchUpMessages);
        }

        /** Bytes of such a page, except that one message is always read. In bytes. */
        public Builder catchUpBytes(int catchUpBytes) {
            return set(Limit.CATCH_UP_BYTES, catchUpBytes);
        }

        /** Messages sent by the application whose receipt is awaited. In messages. */
        public Builder outstandingSends(int outstandingSends) {
            return set(Limit.OUTSTANDING_SENDS, outstandingSends);
        }

        /** How long the application's send awaits its receipt. In ms. */
        public Builder sendTimeoutMillis(long sendTimeoutMillis) {
            return set(Limit.SEND_TIMEOUT_MILLIS, sendTimeoutMillis);
        }

        /** Threads of the node's own worker pool; unused ones end. In threads. */
        public Builder workerThreads(int workerThreads) {
            return set(Limit.WORKER_THREADS, workerThreads);
        }

        /**
         * What is wrong with the bounds as they stand, one sentence each; empty when nothing is. For a builder around this
         * one that reports its own mistakes together with these.
         */
        public List<String> mistakes() {
            List<String> mistakes = new ArrayList<>();
            for (Limit limit : ALL) {
                long value = values[limit.ordinal()];
                if (value < limit.least() || value > limit.most()) {
                    mistakes.add(limit.title() + " = " + value + ": not within " + limit.least() + " to " + limit.most()
                            + " " + limit.unit());
                }
            }
            requireOrder(mistakes, Limit.MIN_KEEP_ALIVE_SECONDS, Limit.KEEP_ALIVE_SECONDS);
            requireOrder(mistakes, Limit.KEEP_ALIVE_SECONDS, Limit.MAX_KEEP_ALIVE_SECONDS);
            return mistakes;
        }

        /** @throws IllegalArgumentException naming every bound out of its range */
        public ServerLimits build() {
            List<String> mistakes = mistakes();
            if (!mistakes.isEmpty()) {
                throw new IllegalArgumentException(String.join("; ", mistakes));
            }
            return new ServerLimits(values.clone(), rateLimited, slowConsumer);
        }

        private void requireOrder(List<String> mistakes, Limit smaller, Limit larger) {
            if (values[smaller.ordinal()] > values[larger.ordinal()]) {
                mistakes.add(smaller.title() + " is larger than " + larger.title());
            }
        }
    }
}
