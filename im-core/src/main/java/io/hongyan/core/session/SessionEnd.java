// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.session;

import io.hongyan.protocol.Confined;
import io.hongyan.protocol.ReasonCode;

/** Ends a session in good order: tells the client, routing and listeners. */
@Confined("owner")
public interface SessionEnd {
    /**
     * Ends it, once; later calls do nothing.
     *
     * @param text told to the client
     */
    void end(ReasonCode code, String text);

    /**
     * Makes way for the same device's new session, unless it has been resumed since that one's turn: takes nothing more from the client, tells it so, and lets routing
     * hand over what it has not counted. When the session has ended already, only the last of these.
     *
     * @param by the session to come
     */
    void giveWay(Session by);
}
