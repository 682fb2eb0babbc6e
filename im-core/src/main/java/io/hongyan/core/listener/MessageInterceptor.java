// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.listener;

import io.hongyan.protocol.packet.Message;

/**
 * Sees every message that clients send, before it is routed or stored, and decides what becomes of it.
 *
 * <p>Runs on the sender's worker lane: in order per session, sessions in parallel; it may block. While it does, later
 * messages of that session wait, and past a bound the session is not read. One that throws, or answers null, refuses the
 * message with {@code HANDLER_FAILED}: a filter that is broken lets nothing through. Several are asked in the order they
 * were given, each about what the one before made of the message.
 */
@FunctionalInterface
public interface MessageInterceptor {
    /** Judges a message; its {@code from} is already the session's user. */
    Verdict intercept(SessionInfo sender, Message message);
}
