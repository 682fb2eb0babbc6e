// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.limit;

import io.hongyan.protocol.ThreadSafe;

/**
 * Every bound of a node: its name, unit, default, range, and what happens when it is reached. The single source of
 * {@code docs/guide/limits.md}, which a test compares with it.
 */
@ThreadSafe
public enum Limit {
    /** Longest frame, header included. */
    MAX_FRAME_BYTES(
            "maxFrameBytes",
            "bytes",
            64 * 1024,
            4 * 1024,
            1024 * 1024,
            "Longest frame, header included.",
            "The connection is closed with FRAME_TOO_LARGE, by the header alone."),
    /** Largest message, in bytes of payload. */
    MAX_MESSAGE_BYTES(
            "maxMessageBytes",
            "bytes",
            4 * 1024 * 1024,
            1024,
            (1 << 24) - 1,
            "Largest message, in bytes of payload.",
            "The message is refused with MESSAGE_TOO_LARGE."),
    /** First bytes, TLS and LOGIN together. */
    LOGIN_TIMEOUT_MILLIS(
            "loginTimeoutMillis",
            "ms",
            10_000,
            100,
            600_000,
            "First bytes, TLS and LOGIN together.",
            "The connection is closed with LOGIN_TIMEOUT."),
    /** From LOGIN to the verdict, the wait for a free place included. */
    AUTHENTICATOR_TIMEOUT_MILLIS(
            "authenticatorTimeoutMillis",
            "ms",
            5_000,
            10,
            600_000,
            "From LOGIN to the verdict, the wait for a free place included.",
            "The login is refused with AUTHENTICATOR_TIMEOUT."),
    /** Authentications under way at once, in the whole node; one that blocks counts until it returns. */
    CONCURRENT_LOGINS(
            "concurrentLogins",
            "logins",
            64,
            1,
            100_000,
            "Authentications under way at once, in the whole node; one that blocks counts until it returns.",
            "Further logins wait in the queue; when all of them block beyond their time, the login is refused with SERVER_BUSY."),
    /** Logins that wait for an authentication. */
    QUEUED_LOGINS(
            "queuedLogins",
            "logins",
            4096,
            0,
            10_000_000,
            "Logins that wait for an authentication.",
            "The login is refused with SERVER_BUSY and a spread delay that grows with the crowd."),
    /** Connections that have not logged in, in the whole node. */
    STRANGERS(
            "strangers",
            "connections",
            10_000,
            1,
            10_000_000,
            "Connections that have not logged in, in the whole node, each may hold 8 KiB; and as many TCP links that are no connection yet.",
            "The connection is closed with TOO_MANY_CONNECTIONS; of the links, the oldest that has said nothing is closed."),
    /** Frames that a client sent behind its LOGIN, held until it is answered. */
    EARLY_BYTES(
            "earlyBytes",
            "bytes",
            8 * 1024,
            1024,
            16 * 1024 * 1024,
            "Frames that a client sent behind its LOGIN, held until it is answered.",
            "The connection is closed with PROTOCOL_VIOLATION."),
    /** Logins of one address, an IPv6 /64 counting as one. */
    LOGINS_PER_SECOND(
            "loginsPerSecond",
            "logins/s per address",
            20,
            1,
            1_000_000,
            "Logins and resumes of one address, an IPv6 /64 counting as one.",
            "The login is refused with RATE_LIMITED and a spread delay that grows with the excess."),
    /** Logins of one address at once, after a rest. */
    LOGIN_BURST(
            "loginBurst",
            "logins per address",
            40,
            1,
            1_000_000,
            "Logins of one address at once, after a rest.",
            "As loginsPerSecond."),
    /** Addresses whose logins, and whose new connections, are counted. */
    LOGIN_ADDRESSES(
            "loginAddresses",
            "addresses",
            65_536,
            16,
            16_777_216,
            "Addresses whose logins, and whose new connections, are counted.",
            "The address not heard of for longest is forgotten."),
    /** Time for the first four bytes of a TCP link, which say what it speaks. */
    FIRST_BYTES_TIMEOUT_MILLIS(
            "firstBytesTimeoutMillis",
            "ms",
            5_000,
            100,
            600_000,
            "Time for the first four bytes of a TCP link, which say what it speaks.",
            "The link is closed without a word."),
    /** Connections of one address at once, an IPv6 /64 counting as one; behind a trusted proxy, the client's address. */
    CONNECTIONS_PER_ADDRESS(
            "connectionsPerAddress",
            "connections per address",
            1_000,
            1,
            10_000_000,
            "Connections of one address at once, an IPv6 /64 counting as one; behind a trusted proxy, the client's address.",
            "A new TCP link is closed without a word, a UDP one with TOO_MANY_CONNECTIONS."),
    /** New connections of one address. */
    CONNECTIONS_PER_SECOND(
            "connectionsPerSecond",
            "connections/s per address",
            200,
            1,
            1_000_000,
            "New connections of one address.",
            "A new TCP link is closed without a word, a UDP one with RATE_LIMITED."),
    /** New connections of one address at once, after a rest. */
    CONNECTION_BURST(
            "connectionBurst",
            "connections per address",
            1_000,
            1,
            10_000_000,
            "New connections of one address at once, after a rest.",
            "As connectionsPerSecond."),
    /** Messages of one session. */
    MESSAGES_PER_SECOND(
            "messagesPerSecond",
            "messages/s per session",
            50,
            1,
            10_000_000,
            "Messages of one session.",
            "The message is refused with THROTTLED; an ephemeral one is dropped."),
    /** Messages of one session at once, after a rest. */
    MESSAGE_BURST(
            "messageBurst",
            "messages per session",
            200,
            1,
            10_000_000,
            "Messages of one session at once, after a rest.",
            "As messagesPerSecond."),
    /** Bytes of one session's frames, chunks as they come. */
    BYTES_PER_SECOND(
            "bytesPerSecond",
            "bytes/s per session",
            1024 * 1024,
            1024,
            1_000_000_000,
            "Bytes of one session's frames, chunks as they come.",
            "The session is not read until the rate allows it; nothing is refused."),
    /** Bytes of one session at once, after a rest. */
    BYTE_BURST(
            "byteBurst",
            "bytes per session",
            4 * 1024 * 1024,
            64 * 1024,
            1 << 30,
            "Bytes of one session at once, after a rest.",
            "As bytesPerSecond."),
    /**
     * Packets of one session that nothing else pays for. Paid for are messages within their rate, counts that cover
     * messages, and chunks of 1 KiB or more.
     */
    PACKETS_PER_SECOND(
            "packetsPerSecond",
            "packets/s per session",
            1000,
            10,
            10_000_000,
            "Packets of one session but messages within their rate, counts that cover messages, chunks of 1 KiB or more.",
            "The session is not read until the rate allows it; four bursts beyond it is closed with RATE_LIMITED."),
    /** Such packets of one session at once, after a rest. */
    PACKET_BURST(
            "packetBurst",
            "packets per session",
            2000,
            100,
            10_000_000,
            "Such packets of one session at once, after a rest.",
            "As packetsPerSecond."),
    /** Silence after which a client sends PING, unless it asks for another one. */
    KEEP_ALIVE_SECONDS(
            "keepAliveSeconds",
            "s",
            60,
            1,
            3600,
            "Silence after which a client sends PING, unless it asks for another one.",
            "After 2.5 times this the connection is closed with IDLE_TIMEOUT."),
    /** Shortest keep-alive that a client may ask for. */
    MIN_KEEP_ALIVE_SECONDS(
            "minKeepAliveSeconds",
            "s",
            5,
            1,
            3600,
            "Shortest keep-alive that a client may ask for.",
            "The client is told this one instead."),
    /** Longest keep-alive that a client may ask for. */
    MAX_KEEP_ALIVE_SECONDS(
            "maxKeepAliveSeconds",
            "s",
            600,
            1,
            65_535,
            "Longest keep-alive that a client may ask for.",
            "The client is told this one instead."),
    /** Counted frames, or a crowd of answers, outstanding without progress on a live link. */
    NO_PROGRESS_TIMEOUT_MILLIS(
            "noProgressTimeoutMillis",
            "ms",
            30_000,
            100,
            600_000,
            "Counted frames, or a crowd of answers, outstanding without progress on a live link.",
            "The connection is closed with NO_PROGRESS."),
    /** How long a session whose link is lost waits for its client to resume it; 0: not at all. */
    DETACHED_MILLIS(
            "detachedMillis",
            "ms",
            120_000,
            0,
            86_400_000,
            "How long a session whose link is lost waits for its client to resume it; 0: not at all.",
            "The session ends with the code of the loss; RESUME is refused with RESUME_REFUSED."),
    /** Messages that such a session may hold, 256 bytes of overhead each. */
    DETACHED_SESSION_BYTES(
            "detachedSessionBytes",
            "bytes per session",
            64 * 1024,
            1024,
            64 * 1024 * 1024,
            "Messages that such a session may hold, 256 bytes of overhead each.",
            "As detachedMillis, at once."),
    /**
     * The same of all of them, 2 KiB of overhead each. Unless set, an eighth of the largest heap
     * ({@link Runtime#maxMemory()}), but at most 256 MiB and at least 1 MiB.
     */
    DETACHED_BYTES(
            "detachedBytes",
            "bytes",
            Math.max(
                    1024 * 1024,
                    Math.min(256L * 1024 * 1024, Runtime.getRuntime().maxMemory() / 8)),
            64 * 1024,
            1L << 40,
            "The same of all of them, in the whole node, 2 KiB of overhead for each session.",
            "As detachedMillis, at once, for the session that wants more."),
    /** Sessions whose link is lost, in the whole node. */
    DETACHED_SESSIONS(
            "detachedSessions",
            "sessions",
            100_000,
            1,
            16_777_216,
            "Sessions whose link is lost, in the whole node.",
            "As detachedMillis, at once, for one more."),
    /** Sessions of one user at once. */
    DEVICES_PER_USER(
            "devicesPerUser",
            "sessions",
            8,
            1,
            1000,
            "Sessions of one user at once.",
            "The oldest session is replaced; where the takeover policy refuses, the login is refused with DEVICE_LIMIT."),
    /** Client instances of one user whose message ids are remembered, beside those with a session. */
    INSTANCES_PER_USER(
            "instancesPerUser",
            "instances per user",
            4,
            1,
            1000,
            "Client instances of one user whose message ids are remembered, beside those with a session.",
            "The one gone for longest is forgotten."),
    /** The same of all users, in the whole node; each takes less than 4 KiB. */
    REMEMBERED_INSTANCES(
            "rememberedInstances",
            "instances",
            65_536,
            16,
            16_777_216,
            "The same of all users, in the whole node; each takes less than 4 KiB.",
            "The one gone for longest is forgotten."),
    /** Chat messages for one session that it has not counted, 256 bytes of overhead each; beside them a quarter of it for ephemeral ones. */
    SESSION_BYTES(
            "sessionBytes",
            "bytes per session",
            256 * 1024,
            16 * 1024,
            64 * 1024 * 1024,
            "Chat messages for one session that it has not counted, 256 bytes of overhead each; beside them a quarter of it for ephemeral ones.",
            "The user's messages go to the store; if he has other sessions, this one is closed with SLOW_CONSUMER. Ephemeral ones are dropped."),
    /** The same for bulk messages; one larger message is taken when there is no other. */
    SESSION_BULK_BYTES(
            "sessionBulkBytes",
            "bytes per session",
            4 * 1024 * 1024,
            64 * 1024,
            64 * 1024 * 1024,
            "The same for bulk messages; one larger message is taken when there is no other.",
            "The sender is answered BACKPRESSURED."),
    /** READ receipts that wait to be written to one session, a set of messages for each reader and sender. */
    READ_RECEIPTS(
            "readReceipts",
            "sets per session",
            256,
            1,
            65_536,
            "READ receipts that wait to be written to one session, a set of messages for each reader and sender.",
            "Further ones are dropped; who awaits them hears of them when he comes back and sends again."),
    /** Bulk messages not counted by their recipients, in the whole node. */
    BULK_BYTES(
            "bulkBytes",
            "bytes",
            256L * 1024 * 1024,
            1024 * 1024,
            1L << 40,
            "Bulk messages not counted by their recipients, in the whole node.",
            "The sender is answered BACKPRESSURED."),
    /**
     * Memory for chunks received of messages not complete yet, in the whole node. Unless set, an eighth of the largest
     * heap ({@link Runtime#maxMemory()}), but at most 256 MiB and at least 1 MiB: joining a message takes its size once
     * more for a moment, and the rest of the heap is for what else there is.
     */
    REASSEMBLY_BYTES(
            "reassemblyBytes",
            "bytes",
            Math.max(
                    1024 * 1024,
                    Math.min(256L * 1024 * 1024, Runtime.getRuntime().maxMemory() / 8)),
            1024 * 1024,
            1L << 40,
            "Memory for chunks received of messages not complete yet, in the whole node.",
            "The message is refused with REASSEMBLY_FULL."),
    /** How long a message of which chunks have come may wait for the next one. */
    REASSEMBLY_TIMEOUT_MILLIS(
            "reassemblyTimeoutMillis",
            "ms",
            30_000,
            100,
            600_000,
            "How long a message of which chunks have come may wait for the next one.",
            "The message is refused with REASSEMBLY_FULL."),
    /** Users whose presence one session is told of. */
    PRESENCE_SUBSCRIPTIONS(
            "presenceSubscriptions",
            "users per session",
            1024,
            0,
            1_000_000,
            "Users whose presence one session is told of.",
            "The session is answered ERROR BACKPRESSURED; it is not told of the rest."),
    /** Sessions that are told of one user's presence. */
    PRESENCE_WATCHERS(
            "presenceWatchers",
            "sessions per user",
            4096,
            0,
            1_000_000,
            "Sessions that are told of one user's presence.",
            "As presenceSubscriptions."),
    /** All such subscriptions, in the whole node; each takes about 200 bytes. */
    ALL_PRESENCE_SUBSCRIPTIONS(
            "allPresenceSubscriptions",
            "subscriptions",
            262_144,
            0,
            100_000_000,
            "All such subscriptions, in the whole node; each takes about 200 bytes.",
            "As presenceSubscriptions."),
    /** How long a user whose last connection was lost still counts as online. */
    PRESENCE_GRACE_MILLIS(
            "presenceGraceMillis",
            "ms",
            15_000,
            0,
            600_000,
            "How long a user whose last connection was lost still counts as online.",
            "He is offline."),
    /** Messages on their way from one event loop to another. */
    LOOP_PAIR_BYTES(
            "loopPairBytes",
            "bytes",
            8 * 1024 * 1024,
            64 * 1024,
            1 << 30,
            "Messages on their way from one event loop to another.",
            "The senders on the first loop are not read until it is half empty."),
    /** Messages and events of a session that wait for listeners. */
    LANE_TASKS(
            "laneTasks",
            "tasks per session",
            256,
            1,
            1_000_000,
            "Messages and events of a session that wait for listeners.",
            "The session is not read until it is half empty."),
    /** Messages of a session that were read and not answered yet: with the store, or with listeners. */
    OPEN_MESSAGES(
            "openMessages",
            "messages per session",
            4096,
            16,
            1_000_000,
            "Messages of a session that were read and not answered yet: with the store, or with listeners.",
            "The session is not read until half of them are answered."),
    /** Messages of one page read from the store for a user who comes back. */
    CATCH_UP_MESSAGES(
            "catchUpMessages",
            "messages",
            64,
            1,
            10_000,
            "Messages of one page read from the store for a user who comes back.",
            "The next page follows as counts come in."),
    /** Bytes of such a page, except that one message is always read. */
    CATCH_UP_BYTES(
            "catchUpBytes",
            "bytes",
            64 * 1024,
            1024,
            16 * 1024 * 1024,
            "Bytes of such a page, except that one message is always read.",
            "As catchUpMessages."),
    /** Messages sent by the application whose receipt is awaited. */
    OUTSTANDING_SENDS(
            "outstandingSends",
            "messages",
            65_536,
            1,
            16_777_216,
            "Messages sent by the application whose receipt is awaited.",
            "The send completes with BACKPRESSURED."),
    /** How long the application's send awaits its receipt. */
    SEND_TIMEOUT_MILLIS(
            "sendTimeoutMillis",
            "ms",
            30_000,
            10,
            86_400_000,
            "How long the application's send awaits its receipt.",
            "The send completes with the level reached so far."),
    /** Threads of the node's own worker pool; unused ones end. */
    WORKER_THREADS(
            "workerThreads",
            "threads",
            Math.max(4, 2 * Runtime.getRuntime().availableProcessors()),
            1,
            10_000,
            "Threads of the node's own worker pool; unused ones end.",
            "Lanes wait for a free thread.");

    private final String title;
    private final String unit;
    private final long defaultValue;
    private final long least;
    private final long most;
    private final String meaning;
    private final String answer;

    Limit(String title, String unit, long defaultValue, long least, long most, String meaning, String answer) {
        this.title = title;
        this.unit = unit;
        this.defaultValue = defaultValue;
        this.least = least;
        this.most = most;
        this.meaning = meaning;
        this.answer = answer;
    }

    /** The name of its setting, such as {@code maxFrameBytes}. */
    public String title() {
        return title;
    }

    /** What it is counted in. */
    public String unit() {
        return unit;
    }

    /** Its value unless set. */
    public long defaultValue() {
        return defaultValue;
    }

    /** The smallest value allowed. */
    public long least() {
        return least;
    }

    /** The largest value allowed. */
    public long most() {
        return most;
    }

    /** What it bounds, in a sentence. */
    public String meaning() {
        return meaning;
    }

    /** What happens when it is reached, in a sentence. */
    public String answer() {
        return answer;
    }
}
