// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.metrics;

import io.hongyan.protocol.ThreadSafe;

/**
 * What a node counts. Each is a count that only grows; what there is now, such as sessions that are open, is told by the
 * node's stats. The names are part of the API: dashboards are built on them. {@code docs/guide/metrics.md} is compared with
 * this enum by a test.
 */
@ThreadSafe
public enum Metric {
    /** Connections handed over by transports. */
    CONNECTIONS_OPENED("hongyan.connections.opened", "connections"),
    /** Connections that ended; by code. */
    CONNECTIONS_CLOSED("hongyan.connections.closed", "connections", true),
    /** Links turned away before they were a connection, and UDP datagrams of blocked addresses; by code. */
    CONNECTIONS_REFUSED("hongyan.connections.refused", "connections", true),
    /** TLS handshakes that failed: no trust, no common version or cipher, no TLS. */
    TLS_HANDSHAKES_FAILED("hongyan.tls.handshakes.failed", "handshakes"),
    /** Times that a listener stopped accepting because file descriptors were nearly used up. */
    ACCEPTING_PAUSED("hongyan.connections.accepting.paused", "times"),
    /** New certificates taken while the server runs. */
    CERTIFICATES_RELOADED("hongyan.certificates.reloaded", "times"),
    /** Changed files with certificates that could not be used: the ones of before stay. */
    CERTIFICATES_REFUSED("hongyan.certificates.refused", "times"),
    /** Frames, or parts of them, that a carrier of ours had to send again; as transports tell, once a second. */
    FRAMES_RETRANSMITTED("hongyan.frames.retransmitted", "frames"),
    /** Datagrams that came in, good and bad; once a second, as the three below. */
    DATAGRAMS_IN("hongyan.datagrams.in", "datagrams"),
    /** Datagrams sent. */
    DATAGRAMS_OUT("hongyan.datagrams.out", "datagrams"),
    /** Datagrams sent and declared lost. */
    DATAGRAMS_LOST("hongyan.datagrams.lost", "datagrams"),
    /** Datagrams that came in and were dropped in silence: forged, late, of another protocol, without room. */
    DATAGRAMS_DROPPED("hongyan.datagrams.dropped", "datagrams"),
    /** First datagrams of strangers that were answered with a cookie. */
    HANDSHAKES("hongyan.handshakes", "handshakes"),
    /** Times that a peer of ours went on from another address. */
    PATH_MOVES("hongyan.connections.moved", "moves"),
    /** LOGIN packets that came in. */
    LOGINS("hongyan.logins", "logins"),
    /** Logins that did not become a session; by code. */
    LOGINS_REFUSED("hongyan.logins.refused", "logins", true),
    /** Sessions that began. */
    SESSIONS_OPENED("hongyan.sessions.opened", "sessions"),
    /** Sessions that lost their link and wait for their client to resume them. */
    SESSIONS_DETACHED("hongyan.sessions.detached", "sessions"),
    /** Sessions that went on over another connection. */
    SESSIONS_RESUMED("hongyan.sessions.resumed", "sessions"),
    /** Sessions that waited for their client in vain: it did not come in time, or too much came for it. */
    SESSIONS_EXPIRED("hongyan.sessions.expired", "sessions"),
    /** RESUME packets that were refused; by code. */
    RESUMES_REFUSED("hongyan.resumes.refused", "resumes", true),
    /** Sessions that ended; by code. */
    SESSIONS_CLOSED("hongyan.sessions.closed", "sessions", true),
    /** Messages that came in from clients, duplicates and refused ones included. */
    MESSAGES_IN("hongyan.messages.in", "messages"),
    /** Messages recognised as sent before; answered, not delivered again. */
    MESSAGES_DUPLICATE("hongyan.messages.duplicate", "messages"),
    /** Messages refused; by code. */
    MESSAGES_REFUSED("hongyan.messages.refused", "messages", true),
    /** Messages written to sessions; one to two devices counts twice. */
    MESSAGES_OUT("hongyan.messages.out", "messages"),
    /** Messages counted by a first device of their recipient. */
    MESSAGES_DELIVERED("hongyan.messages.delivered", "messages"),
    /** Messages of which their recipient said that they were read, each once. */
    MESSAGES_READ("hongyan.messages.read", "messages"),
    /** Times that a READ receipt, or a part of it, was dropped because too many waited for one session. */
    READ_RECEIPTS_DROPPED("hongyan.messages.read.dropped", "times"),
    /** Ephemeral messages dropped because a recipient could not take them at once. */
    EPHEMERAL_DROPPED("hongyan.messages.ephemeral.dropped", "messages"),
    /**
     * Messages kept by the store for a recipient who is here and reads too slowly, or has not caught up yet; among those
     * stored.
     */
    MESSAGES_SPILLED("hongyan.messages.spilled", "messages"),
    /** The payload of these, in bytes. */
    BYTES_SPILLED("hongyan.messages.spilled.bytes", "bytes"),
    /** Messages handed to the store. */
    MESSAGES_STORED("hongyan.messages.stored", "messages"),
    /** Messages whose time to live ran out in the store. */
    MESSAGES_EXPIRED("hongyan.messages.expired", "messages"),
    /** Messages that the server accepted and could neither deliver nor keep: the store refused to take them back. */
    MESSAGES_LOST("hongyan.messages.lost", "messages"),
    /** Messages to one device that went away before it counted them. */
    MESSAGES_UNDELIVERABLE("hongyan.messages.undeliverable", "messages"),
    /** Times that a recipient's queue was full and its messages went to the store, whatever became of its session. */
    SPILLS("hongyan.sessions.spilled", "times"),
    /** Times that the server stopped reading a connection, for whatever reason. */
    READING_PAUSED("hongyan.connections.reading.paused", "times"),
    /** Times that a session sent more bytes or packets than it may, and was not read for a while. */
    SESSIONS_SLOWED("hongyan.sessions.slowed", "times"),
    /** Packets of a kind that this server does not serve. */
    PACKETS_UNSERVED("hongyan.packets.unserved", "packets"),
    /** Connections that were ended because the time of a drain was up. */
    DRAIN_CONNECTIONS_LEFT("hongyan.drain.connections.left", "connections"),
    /** Messages that sessions had not counted when a stop ended them: they went back to the store. */
    DRAIN_MESSAGES_LEFT("hongyan.drain.messages.left", "messages"),
    /** Calls of listeners, interceptors, authenticators and other foreign code that threw. */
    CALLBACKS_FAILED("hongyan.callbacks.failed", "calls"),
    /** Operations of the store that failed. */
    STORE_FAILURES("hongyan.store.failures", "calls");

    private final String documentedName;
    private final String unit;
    private final boolean byCode;

    Metric(String documentedName, String unit) {
        this(documentedName, unit, false);
    }

    Metric(String documentedName, String unit, boolean byCode) {
        this.documentedName = documentedName;
        this.unit = unit;
        this.byCode = byCode;
    }

    /** The name dashboards know it by. */
    public String documentedName() {
        return documentedName;
    }

    /** What is counted. */
    public String unit() {
        return unit;
    }

    /** Whether it is kept per {@link io.hongyan.protocol.ReasonCode}, which is a label of it. */
    public boolean byCode() {
        return byCode;
    }
}
