// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import io.hongyan.protocol.Confined;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.packet.GoAway;
import java.util.List;

/**
 * How a client leaves the server of a link that told it to go.
 *
 * <pre>
 *   GOAWAY ──► finishes what it has begun,      ──► says LOGOUT: ready ──► the server ends the session
 *      │       shows and counts what has come                        └── 3 s: leaves by itself
 *      └────────────── the time of the GOAWAY is up: leaves by itself
 * </pre>
 *
 * It is over with the link, however that ends: {@link #lossInsteadOf} says what the end means.
 */
@Confined("owner")
final class Leaving {
    /** How long the server may take to end the session of a client that is ready. */
    static final long READY_NANOS = 3_000_000_000L;

    /** How long a client stays away at most, whatever it was told. */
    static final int MOST_AWAY_MILLIS = 3_600_000;

    private final Link from;
    private final GoAway told;
    private final List<ServerAddress> elsewhere;
    private final Runnable leave;
    private final Runnable cancelDeadline;
    private Runnable cancelReady = () -> {};
    private boolean ready;

    /**
     * @param elsewhere where to come back to, the best first; empty: to a server that the client knows
     * @param leave ends the link from this side
     */
    Leaving(Link from, GoAway told, List<ServerAddress> elsewhere, Runnable leave) {
        this.from = from;
        this.told = told;
        this.elsewhere = elsewhere;
        this.leave = leave;
        this.cancelDeadline = from.session().schedule(told.leaveWithinMillis() * 1_000_000L, leave);
    }

    /** Nothing is under way any more; may be said again. */
    void quiet() {
        if (!ready) {
            ready = true;
            from.sayLogout();
            cancelReady = from.session().schedule(READY_NANOS, leave);
        }
    }

    /** The link is gone. */
    void cancel() {
        cancelDeadline.run();
        cancelReady.run();
    }

    /** What the end of the link means: what the GOAWAY said, unless the server said since not to come back. */
    Loss lossInsteadOf(Loss loss) {
        boolean answersLogout = ready && loss.code() == ReasonCode.LOGGED_OUT;
        return loss.isFinal() && !answersLogout ? loss : loss();
    }

    /** What the GOAWAY said. */
    Loss loss() {
        return new Loss(told.code(), Math.min(told.retryAfterMillis(), MOST_AWAY_MILLIS), true, told.text());
    }

    List<ServerAddress> elsewhere() {
        return elsewhere;
    }
}
