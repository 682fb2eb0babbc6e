// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.session;

/** Why a connection is not read. */
public enum PauseReason {
    /** Its login, or its resume, is being judged. */
    LOGIN,
    /** Its callbacks are behind. */
    LANE,
    /** Too many of its messages are open, or its answers find no room. */
    ANSWERS,
    /** Too much is under way from its loop to another one. */
    LOOP_PAIR,
    /** Events about its messages wait for listeners. */
    EVENTS,
    /** It sends more bytes or packets than it may. */
    RATE;

    /** Whether it is the session's, whatever its connection, and ends by {@link Session#resumeReading}. */
    boolean outlivesConnection() {
        return this == LANE || this == EVENTS;
    }
}
