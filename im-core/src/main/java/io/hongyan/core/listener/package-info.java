// SPDX-License-Identifier: Apache-2.0
/**
 * What an application implements to take part: it hears messages to the server, the life of sessions and the fate of
 * messages, and may judge every message on its way.
 *
 * <pre>
 *   event loop of the sender                worker lane of the sender's session
 *   LOGIN accepted ───────────────────────► SessionListener.onOpened
 *   MESSAGE to anybody ───────────────────► MessageInterceptor ──► routed
 *   MESSAGE to the server ────────────────► MessageInterceptor ──► MessageListener.onMessage ──► DELIVERED
 *   connection lost ──────────────────────► SessionListener.onClosing, onClosed
 *                                           in order, one at a time, never on the event loop
 * </pre>
 *
 * <p><b>Starting points:</b> {@link io.hongyan.core.listener.MessageListener},
 * {@link io.hongyan.core.listener.SessionListener}; the whole contract is in {@code docs/guide/listeners.md}.
 */
@NullMarked
package io.hongyan.core.listener;

import org.jspecify.annotations.NullMarked;
