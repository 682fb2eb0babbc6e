// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.metrics;

import io.hongyan.protocol.ThreadSafe;

/**
 * What a node counts. Each is a count that only grows; a gauge is the difference of two, such as sessions that are open.
 * The names are part of the API: dashboards are built on them.
 */
@ThreadSafe
public enum Metric {
    /** Connections handed over by transports. */
    CONNECTIONS_OPENED("hongyan.connections.opened"),
    /** Connections that ended; by code. */
    CONNECTIONS_CLOSED("hongyan.connections.closed"),
    /** Links turned away before they were a connection, and UDP datagrams of blocked addresses; by code. */
    CONNECTIONS_REFUSED("hongyan.connections.refused"),
    /** TLS handshakes that failed: no trust, no common version or cipher, no TLS. */
    TLS_HANDSHAKES_FAILED("hongyan.tls.handshakes.failed"),
    /** Times that a listener stopped accepting because file descriptors were nearly used up. */
    ACCEPTING_PAUSED("hongyan.connections.accepting.paused"),
    /** New certificates taken while the server runs. */
    CERTIFICATES_RELOADED("hongyan.certificates.reloaded"),
    /** Changed files with certificates that could not be used: the ones of before stay. */
    CERTIFICATES_REFUSED("hongyan.certificates.refused"),
    /** Frames, or parts of them, that a carrier of ours had to send again; added when their connection ends. */
    FRAMES_RETRANSMITTED("hongyan.frames.retransmitted"),
    /** LOGIN packets that came in. */
    LOGINS("hongyan.logins"),
    /** Logins that did not become a session; by code. */
    LOGINS_REFUSED("hongyan.logins.refused"),
    /** Sessions that began. */
    SESSIONS_OPENED("hongyan.sessions.opened"),
    /** Sessions that lost their link and wait for their client to resume them. */
    SESSIONS_DETACHED("hongyan.sessions.detached"),
    /** Sessions that went on over another connection. */
    SESSIONS_RESUMED("hongyan.sessions.resumed"),
    /** Sessions that waited for their client in vain: it did not come in time, or too much came for it. */
    SESSIONS_EXPIRED("hongyan.sessions.expired"),
    /** RESUME packets that were refused; by code. */
    RESUMES_REFUSED("hongyan.resumes.refused"),
    /** Sessions that ended; by code. */
    SESSIONS_CLOSED("hongyan.sessions.closed"),
    /** Messages that came in from clients, duplicates and refused ones included. */
    MESSAGES_IN("hongyan.messages.in"),
    /** Messages recognised as sent before; answered, not delivered again. */
    MESSAGES_DUPLICATE("hongyan.messages.duplicate"),
    /** Messages refused; by code. */
    MESSAGES_REFUSED("hongyan.messages.refused"),
    /** Messages written to sessions; one to two devices counts twice. */
    MESSAGES_OUT("hongyan.messages.out"),
    /** Messages counted by a first device of their recipient. */
    MESSAGES_DELIVERED("hongyan.messages.delivered"),
    /** Messages of which their recipient said that they were read, each once. */
    MESSAGES_READ("hongyan.messages.read"),
    /** Times that a READ receipt, or a part of it, was dropped because too many waited for one session. */
    READ_RECEIPTS_DROPPED("hongyan.messages.read.dropped"),
    /** Ephemeral messages dropped because a recipient could not take them at once. */
    EPHEMERAL_DROPPED("hongyan.messages.ephemeral.dropped"),
    /** Messages handed to the store. */
    MESSAGES_STORED("hongyan.messages.stored"),
    /** Messages whose time to live ran out in the store. */
    MESSAGES_EXPIRED("hongyan.messages.expired"),
    /** Messages that the server accepted and could neither deliver nor keep: the store refused to take them back. */
    MESSAGES_LOST("hongyan.messages.lost"),
    /** Messages to one device that went away before it counted them. */
    MESSAGES_UNDELIVERABLE("hongyan.messages.undeliverable"),
    /** Times that a recipient's queue was full and its messages went to the store. */
    SPILLS("hongyan.sessions.spilled"),
    /** Times that the server stopped reading a connection, for whatever reason. */
    READING_PAUSED("hongyan.connections.reading.paused"),
    /** Times that a session sent more bytes or packets than it may, and was not read for a while. */
    SESSIONS_SLOWED("hongyan.sessions.slowed"),
    /** Packets of a kind that this server does not serve. */
    PACKETS_UNSERVED("hongyan.packets.unserved"),
    /** Connections that were ended because the time of a drain was up. */
    DRAIN_CONNECTIONS_LEFT("hongyan.drain.connections.left"),
    /** Messages that sessions had not counted when a stop ended them: they went back to the store. */
    DRAIN_MESSAGES_LEFT("hongyan.drain.messages.left"),
    /** Calls of listeners, interceptors, authenticators and other foreign code that threw. */
    CALLBACKS_FAILED("hongyan.callbacks.failed"),
    /** Operations of the store that failed. */
    STORE_FAILURES("hongyan.store.failures");

    private final String documentedName;

    Metric(String documentedName) {
        this.documentedName = documentedName;
    }

    /** The name dashboards know it by. */
    public String documentedName() {
        return documentedName;
    }
}
