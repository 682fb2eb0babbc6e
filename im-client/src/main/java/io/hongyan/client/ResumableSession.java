// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import io.hongyan.protocol.Confined;
import io.hongyan.protocol.packet.LoginResult;
import io.hongyan.protocol.packet.Resume;

/**
 * A session whose link is lost, and which the server may still have.
 *
 * @param login what the server told when it let the client in
 * @param lost the link it was over; what listeners finish with that came over it still counts
 */
@Confined("owner")
record ResumableSession(LoginResult login, Link lost) {

    /** Whether a server that ended a link with this code, or lost it so, keeps the session for a while. */
    static boolean outlives(Loss loss) {
        return switch (loss.code()) {
            case CONNECTION_LOST, IDLE_TIMEOUT, NO_PROGRESS, UNKNOWN_CONNECTION -> true;
            default -> false;
        };
    }

    /** Whether servers keep sessions of this kind: without a secret there is nothing to show. */
    static boolean isOffered(LoginResult login) {
        return (login.secretHigh() | login.secretLow()) != 0;
    }

    /** Whether a connection counts as the lost one did. */
    boolean fits(boolean countsBulkApart) {
        return lost.countsBulkApart() == countsBulkApart;
    }

    /** Whether this answer is about this session. */
    boolean isAnsweredBy(LoginResult answer) {
        return answer.sessionId() == login.sessionId() && answer.serverInstance() == login.serverInstance();
    }

    /** Asks for it, with the counts of now. */
    Resume packet() {
        return new Resume(login.sessionId(), login.secretHigh(), login.secretLow(), lost.chatCount(), lost.bulkCount());
    }
}
