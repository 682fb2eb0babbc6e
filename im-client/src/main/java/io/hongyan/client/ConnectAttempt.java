// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import io.hongyan.protocol.Confined;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.connection.Connection;
import io.hongyan.protocol.connection.ConnectionHandler;
import io.hongyan.protocol.connection.Owner;
import io.hongyan.protocol.packet.Login;
import io.hongyan.transport.netty.ConnectFailedException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * One try at one server: look its name up and ask for the token (off the event loop, as both may block), connect to its
 * addresses in turn, log in. It ends with {@link ClientSession#online} or {@link ConnectRounds#attemptFailed}, once.
 *
 * <p>Alone, its login travels with the first bytes that may carry it. In a race it waits for the answer of the server, and
 * then leaves if this is the first: {@link ConnectRounds#answeredFirst} cancels the others. Not sooner, though with a ticket
 * it could: a login that left and lost the race may be taken after the winner's, whose session it would then replace.
 */
@Confined("owner")
final class ConnectAttempt {

    private final ClientSession session;
    private final ConnectRounds rounds;
    private final ClientRuntime runtime;
    private final Owner owner;
    private final ServerAddress server;
    private final boolean mayRace;
    private boolean done;
    private boolean isUp;
    private int connects;
    private final Deque<InetSocketAddress> untried = new ArrayDeque<>();
    private @Nullable Login login;
    private @Nullable Link link;
    private long shareNanos;
    private Runnable cancelTimeout = () -> {};
    private Runnable cancelShare = () -> {};

    /** @param mayRace whether there are other attempts before this one ends */
    ConnectAttempt(
            ClientSession session,
            ConnectRounds rounds,
            ClientRuntime runtime,
            Owner owner,
            ServerAddress server,
            boolean mayRace) {
        this.session = session;
        this.rounds = rounds;
        this.runtime = runtime;
        this.owner = owner;
        this.server = server;
        this.mayRace = mayRace;
    }

    void start() {
        cancelTimeout = owner.schedule(
                session.config().connectTimeoutNanos(),
                () -> fail(new Loss(ReasonCode.HANDSHAKE_TIMEOUT, 0, false, "cannot connect to " + server)));
        if (session.config().tokenIsConstant() && isLiteral(server.host())) {
            prepare();
        } else {
            runtime.background(
                    this::prepare,
                    () -> session.inOwner(
                            () -> fail(new Loss(ReasonCode.CLOSED_LOCALLY, 0, false, "the runtime is closed"))));
        }
    }

    /** Nobody waits for this attempt any more. */
    void cancel() {
        done = true;
        cancelTimeout.run();
        cancelShare.run();
        if (link != null) {
            link.drop(ReasonCode.CLOSED_LOCALLY);
        }
    }

    /** A link broke before it was logged in. */
    void linkLost(Link gone, Loss loss) {
        if (gone != link) {
            return;
        }
        link = null;
        if (isUp) {
            fail(loss);
        } else {
            connectNext(loss);
        }
    }

    /** The device has another network. */
    void networkChanged() {
        if (link != null) {
            link.networkChanged();
        }
    }

    ServerAddress server() {
        return server;
    }

    /** May block; not on the owner's thread unless nothing in it does. */
    private void prepare() {
        InetAddress[] addresses;
        Login login;
        try {
            addresses = runtime.network().lookUp(server.host());
            login = login(session.config());
        } catch (UnknownHostException unknown) {
            failFromAnywhere("unknown host " + server.host());
            return;
        } catch (RuntimeException foreign) {
            failFromAnywhere("no token for the login: " + foreign);
            return;
        }
        if (owner.inOwnerThread()) {
            connect(addresses, login);
        } else {
            session.inOwner(() -> connect(addresses, login));
        }
    }

    /** @throws IllegalArgumentException when the token or the platform are longer than a login can carry */
    private static Login login(ClientConfig config) {
        return new Login(
                config.user(),
                config.device(),
                config.platform(),
                config.token().get(),
                config.instance(),
                config.keepAliveSeconds());
    }

    private void connect(InetAddress[] found, Login packet) {
        if (!done) {
            for (InetAddress address : found) {
                untried.add(new InetSocketAddress(address, server.port()));
            }
            login = packet;
            shareNanos = session.config().connectTimeoutNanos() / Math.max(1, found.length);
            connectNext(new Loss(ReasonCode.CONNECTION_LOST, 0, false, "no address of " + server.host()));
        }
    }

    /**
     * An address that does not answer has its share of the time, or those behind it would never have theirs.
     *
     * @param before what became of the address before, told when there is none left
     */
    private void connectNext(Loss before) {
        cancelShare.run();
        if (link != null) {
            link.drop(ReasonCode.HANDSHAKE_TIMEOUT);
            link = null;
        }
        InetSocketAddress address = untried.poll();
        if (address == null) {
            fail(before);
            return;
        }
        if (!untried.isEmpty()) {
            cancelShare = owner.schedule(shareNanos, () -> connectNext(before));
        }
        int number = ++connects;
        runtime.network()
                .connect(owner, server, session.config().tls(), address, connection -> handlerOf(connection, number))
                .whenComplete((made, failure) -> {
                    if (owner.inOwnerThread()) {
                        connected(number, failure);
                    } else {
                        session.inOwner(() -> connected(number, failure));
                    }
                });
    }

    private ConnectionHandler handlerOf(Connection connection, int number) {
        Link made = new Link(session, connection, server);
        Login packet = login;
        if (done || number != connects || packet == null) {
            made.drop(ReasonCode.CLOSED_LOCALLY);
        } else {
            link = made;
            if (!mayRace) {
                made.begin(packet, session.resumable());
            }
        }
        return made;
    }

    private void connected(int number, @Nullable Throwable failure) {
        if (done || number != connects) {
            return;
        }
        if (failure == null) {
            isUp = true;
            cancelTimeout.run();
            cancelShare.run();
            rounds.answeredFirst(this);
            Link up = link;
            Login packet = login;
            if (mayRace && up != null && packet != null) {
                up.begin(packet, session.resumable());
            }
        } else {
            connectNext(lossOf(failure));
        }
    }

    private void failFromAnywhere(String text) {
        Loss loss = new Loss(ReasonCode.CONNECTION_LOST, 0, false, text);
        if (owner.inOwnerThread()) {
            fail(loss);
        } else {
            session.inOwner(() -> fail(loss));
        }
    }

    private void fail(Loss loss) {
        if (!done) {
            cancel();
            rounds.attemptFailed(this, loss);
        }
    }

    private Loss lossOf(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        ReasonCode code =
                cause instanceof ConnectFailedException refused ? refused.reason() : ReasonCode.CONNECTION_LOST;
        return new Loss(code, 0, false, "cannot connect to " + server + ": " + cause.getMessage());
    }

    /** Whether no look-up is needed: digits and dots, or an IPv6 address. */
    private static boolean isLiteral(String host) {
        return host.indexOf(':') >= 0 || host.chars().allMatch(c -> c == '.' || c >= '0' && c <= '9');
    }
}
