// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import io.hongyan.protocol.Confined;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.connection.Owner;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rounds in which a client tries its servers, each once a round. The one that worked last begins; those that asked to
 * be left alone are left out; whoever takes long to answer gets a rival.
 *
 * <pre>
 *   begin ──► attempt ──250 ms, or it failed──► attempt ──► ... all failed: the round failed
 *                └── answered first: the others are let go ──► logged in: won
 *                                                        └──► refused: the next attempt, theirs again, too;
 *                                                             before them the servers that the refusing one named
 * </pre>
 *
 * Belongs to one session, for life. A round ends with {@link #won} or {@link ClientSession#roundFailed}, once, unless it
 * is cancelled.
 */
@Confined("owner")
final class ConnectRounds {

    private static final Logger LOG = LoggerFactory.getLogger(ConnectRounds.class);

    /** How long a server may take to answer until the next one is tried too. */
    private static final long HEAD_START_NANOS = 250_000_000L;

    /** How many servers are tried in a round at most when each names further ones. */
    private static final int MOST_IN_A_ROUND = 64;

    private final ClientSession session;
    private final ClientRuntime runtime;
    private final Owner owner;
    private final Backoff backoff;
    /** Those under way: one, or several in a race. */
    private final List<ConnectAttempt> attempts = new ArrayList<>();

    private List<ServerAddress> untried = List.of();
    /** Those that had their turn in this round. */
    private final Set<ServerAddress> tried = new HashSet<>();

    private Runnable cancelNextAttempt = () -> {};
    /** Servers that asked to be left alone, and until when. */
    private final Map<ServerAddress, Long> notBeforeNanos = new HashMap<>();

    private @Nullable ServerAddress preferred;
    /** Where rounds begin until one of them wins: said by a server, and good for one login. */
    private List<ServerAddress> told = List.of();

    ConnectRounds(ClientSession session, ClientRuntime runtime, Owner owner, Backoff backoff) {
        this.session = session;
        this.runtime = runtime;
        this.owner = owner;
        this.backoff = backoff;
    }

    /** Tries the servers, none of which is being tried. */
    void begin() {
        assert owner.inOwnerThread();
        List<ServerAddress> round = new ArrayList<>(session.config().servers());
        ServerAddress first = preferred;
        if (first != null) {
            round.remove(first);
            round.add(0, first);
        }
        round.removeAll(told);
        round.addAll(0, told);
        long now = session.nanoTime();
        notBeforeNanos.values().removeIf(notBefore -> notBefore - now <= 0);
        round.removeAll(notBeforeNanos.keySet());
        untried = round;
        tried.clear();
        tryNext(new Loss(ReasonCode.CONNECTION_LOST, 0, false, "no server"));
    }

    /** Rounds begin with these servers, which need not be configured ones, until a login succeeds somewhere. */
    void prefer(List<ServerAddress> servers) {
        told = servers;
    }

    /** A server that takes no login names others: they are the next, as far as they had no turn in this round. */
    void alsoTry(List<ServerAddress> named) {
        List<ServerAddress> fresh = new ArrayList<>(named);
        fresh.removeAll(tried);
        fresh.removeAll(notBeforeNanos.keySet());
        if (!fresh.isEmpty() && tried.size() < MOST_IN_A_ROUND) {
            told = fresh;
            untried.removeAll(fresh);
            untried.addAll(0, fresh);
        }
    }

    /**
     * A login succeeded: the round is over, and the next one begins with this server, if it is a configured one: what a
     * server says of another one is not believed for longer than one connection.
     */
    void won(ServerAddress server) {
        attempts.clear();
        told = List.of();
        preferred = session.config().servers().contains(server) ? server : null;
    }

    /** Nobody waits for this round any more. */
    void cancel() {
        cancelNextAttempt.run();
        attempts.forEach(ConnectAttempt::cancel);
        attempts.clear();
    }

    /** The device has another network: attempts go on there, if their carriers can. */
    void networkChanged() {
        List.copyOf(attempts).forEach(ConnectAttempt::networkChanged);
    }

    /** A link broke before it was logged in. */
    void linkLost(Link gone, Loss loss) {
        List.copyOf(attempts).forEach(trying -> trying.linkLost(gone, loss));
    }

    /** The race is decided; the others have their turn again should the login fail. */
    void answeredFirst(ConnectAttempt winner) {
        assert owner.inOwnerThread();
        if (!attempts.contains(winner)) {
            return;
        }
        cancelNextAttempt.run();
        List<ServerAddress> others = new ArrayList<>();
        for (ConnectAttempt other : attempts) {
            if (other != winner) {
                other.cancel();
                others.add(other.server());
            }
        }
        untried.addAll(0, others);
        attempts.removeIf(other -> other != winner);
    }

    /** An attempt ended without a login. */
    void attemptFailed(ConnectAttempt failed, Loss loss) {
        assert owner.inOwnerThread();
        if (!attempts.remove(failed)) {
            return;
        }
        LOG.debug(
                "user={} server={} attempt failed: {} {}",
                session.config().user(),
                failed.server(),
                loss.code(),
                loss.text());
        if (loss.isFinal() && !(isOfThisServer(loss) && mayTryAnother())) {
            failed(loss);
            return;
        }
        if (loss.askedMillis() > 0) {
            notBeforeNanos.put(
                    failed.server(), session.nanoTime() + backoff.spreadMillis(loss.askedMillis()) * 1_000_000);
        }
        tryNext(loss);
    }

    /** Whether a server is being tried. */
    boolean isOn() {
        return !attempts.isEmpty();
    }

    /** 0 unless all servers have asked to be left alone. */
    long millisUntilAServerMayBeTried() {
        long now = session.nanoTime();
        long leastNanos = Long.MAX_VALUE;
        for (ServerAddress server : session.config().servers()) {
            Long notBefore = notBeforeNanos.get(server);
            leastNanos = Math.min(leastNanos, notBefore == null ? 0 : Math.max(0, notBefore - now));
        }
        return (leastNanos + 999_999) / 1_000_000;
    }

    /**
     * The next server has its turn when the one before failed, or has not answered for a while: then they race.
     *
     * @param before what became of the attempt before, told when there is no server left
     */
    private void tryNext(Loss before) {
        cancelNextAttempt.run();
        if (untried.isEmpty()) {
            if (attempts.isEmpty()) {
                failed(before);
            }
            return;
        }
        ServerAddress server = untried.remove(0);
        tried.add(server);
        session.trying(server);
        boolean mayRace = !untried.isEmpty() || !attempts.isEmpty();
        ConnectAttempt next = new ConnectAttempt(session, this, runtime, owner, server, mayRace);
        attempts.add(next);
        if (!untried.isEmpty()) {
            cancelNextAttempt = session.schedule(HEAD_START_NANOS, () -> tryNext(before));
        }
        next.start();
    }

    /** Whether what it speaks ended the attempt, and not what it decided about this client: another one may speak with us. */
    private static boolean isOfThisServer(Loss loss) {
        return loss.code() == ReasonCode.PROTECTION_REQUIRED || loss.code() == ReasonCode.UNSUPPORTED_VERSION;
    }

    private boolean mayTryAnother() {
        return !untried.isEmpty() || !attempts.isEmpty();
    }

    private void failed(Loss loss) {
        preferred = null;
        session.roundFailed(loss);
    }
}
