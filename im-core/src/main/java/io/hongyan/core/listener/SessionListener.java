// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.listener;

import io.hongyan.protocol.ReasonCode;

/**
 * Hears of the life of sessions. Of one session:
 *
 * <pre>
 *   opened  ─►  resumed*  ─►  replaced?  ─►  closing  ─►  closed    opened, closing, closed once each
 * </pre>
 *
 * <p>A lost connection is none of these: its session waits, {@code detachedMillis} at most, and either goes on (resumed)
 * or ends (closing, closed).
 *
 * <p>Runs on the session's worker lane, between its messages in the order things happened; it may block. Throwing harms
 * nobody; it is counted and logged.
 */
public interface SessionListener {
    /** A session began: its client has been, or is just being, told so. */
    default void onOpened(SessionInfo session) {}

    /**
     * A session goes on over another connection, after its old one was lost: the same session, with the same id. May be
     * called many times.
     *
     * @param before as it was over the connection before
     * @param now as it is, with the new carrier and address
     */
    default void onResumed(SessionInfo before, SessionInfo now) {}

    /**
     * The same device logged in again. The old session ends now; what it had not counted goes to the new one.
     *
     * @param by the session in its place, opened after {@code session} is closed
     */
    default void onReplaced(SessionInfo session, SessionInfo by) {}

    /** The session is to end: no message of it is taken any more. */
    default void onClosing(SessionInfo session, ReasonCode reason) {}

    /** The session has ended. The last call for it. */
    default void onClosed(SessionInfo session, ReasonCode reason) {}
}
