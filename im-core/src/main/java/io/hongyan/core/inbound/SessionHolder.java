// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.inbound;

import io.hongyan.core.session.SessionEnd;
import io.hongyan.protocol.Confined;

/** What a session depends on now: its connection, or the wait for another one. */
@Confined("the session's owner")
interface SessionHolder extends SessionEnd {
    /** Hands the session over to the connection of this resume, or tells it why not. */
    void handOver(ResumeAttempt by);
}
