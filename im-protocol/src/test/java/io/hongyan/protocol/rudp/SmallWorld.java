// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.simnet.RandomStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A client, a server and a network that does only what it is told, one {@link Step} at a time. Datagrams take no time;
 * time passes when a timer is let fire. The same steps lead to the same world.
 *
 * <p>After each step everything that must hold does: see {@link EndpointInvariants} and {@link PathLedger}; besides, no
 * state is left but by the table, no cookie makes two connections, nothing is delivered twice or out of order.
 *
 * <p>Steps that touch different ends commute, so of two such neighbours only one order is offered: whoever was free to
 * come first and did not may not come second. Each course of things is still reached, once.
 */
final class SmallWorld {
    private static final long SECOND = 1_000_000_000L;
    private static final int MOST_DATAGRAMS_A_ROUND = 64;
    private static final int MOST_QUIET_FIRINGS = 64;
    private static final int MOST_NOTES_TOLD = 150;
    /** So many of the oldest datagrams of one way may overtake each other. */
    private static final int REORDERING = 3;

    private static final Set<String> TABLE = table();

    private static final int CLIENT = 1;
    private static final int SERVER = 2;

    /** What happens beside the network's doings: each once, in this order for each end. */
    enum Command {
        /** The client's address becomes another host's. */
        MOVE(CLIENT),
        /** The client's address becomes another port of the host it began on, as a NAT does. */
        REBIND(CLIENT),
        /** The client's address becomes its first one again. */
        RETURN(CLIENT),
        CLIENT_SENDS(CLIENT),
        CLIENT_CLOSES(CLIENT),
        SERVER_SENDS(SERVER),
        SERVER_CLOSES(SERVER),
        /** Everything under way stays so for longer than any proof of an address may take. */
        OUTAGE(CLIENT | SERVER),
        /** Everything under way stays so for longer than a cookie lives. */
        LONG_OUTAGE(CLIENT | SERVER);

        private final int touches;

        Command(int touches) {
            this.touches = touches;
        }
    }

    /** The kinds of steps, in the order in which those that commute are taken. */
    private enum Kind {
        DROP,
        DELIVER,
        DOUBLE,
        STEAL,
        COMMAND,
        TIMER
    }

    /** A step. {@code touches}: the ends whose state it changes. */
    record Step(Kind kind, int touches, int serial) {
        boolean isBefore(Step other) {
            return touches != other.touches
                    ? touches < other.touches
                    : kind != other.kind ? kind.ordinal() < other.kind.ordinal() : serial < other.serial;
        }
    }

    /** How often the network may do what. */
    record Faults(int drops, int doubles, int steals) {}

    private final RandomStream clientRandom = RandomStream.of(1, "small client");
    private final RandomStream serverRandom = RandomStream.of(1, "small server");
    private final Set<String> transitions;
    private final List<Command> commands;
    private final List<Note> course = new ArrayList<>();
    private final PathLedger ledger;
    private final PeerAddress first = address(0x0a000002, 5000);
    private final PeerAddress stranger = address(0x0a060606, 666);
    private final End client;
    private final End server;
    private final Set<Long> cookies = new HashSet<>();
    private final Set<Command> done = new HashSet<>();

    private int dropsLeft;
    private int doublesLeft;
    private int stealsLeft;
    private int serials;
    private long now = SECOND;
    private @Nullable Step last;
    private List<Step> offeredBefore = List.of();

    /**
     * A world in which a client has begun to connect, with a message to go.
     *
     * @param commands what is to happen at any time
     * @param transitions collects what the ends went through
     */
    SmallWorld(List<Command> commands, Faults faults, Set<String> transitions) {
        this.commands = commands;
        this.transitions = transitions;
        dropsLeft = faults.drops;
        doublesLeft = faults.doubles;
        stealsLeft = faults.steals;
        server = new End(
                SERVER,
                address(0x0a000001, 7901),
                RudpEndpoint.server(
                        RudpConfig.defaults(), ServerSecret.random(serverRandom), 0, serverRandom, new TableGuard()));
        client = new End(
                CLIENT, first.copy(), RudpEndpoint.client(RudpConfig.defaults(), clientRandom, new TableGuard()));
        ledger = new PathLedger(server.endpoint);
        Talk talk = client.talk(client.endpoint.connect(now, server.address));
        talk.send();
        client.pump();
    }

    /** The world after the handshake, with everything delivered: where moves and ends begin. */
    SmallWorld open() {
        exchange();
        return this;
    }

    // Steps.

    /** What may happen next; empty if nothing may. */
    List<Step> steps() {
        List<Step> all = new ArrayList<>();
        offer(all, client, server);
        offer(all, server, client);
        for (Command command : commands) {
            if (mayHappen(command)) {
                all.add(new Step(Kind.COMMAND, command.touches, command.ordinal()));
            }
        }
        if (nextDeadline() != Deadlines.NONE) {
            all.add(new Step(Kind.TIMER, CLIENT | SERVER, 0));
        }
        List<Step> before = offeredBefore;
        offeredBefore = all;
        Step latest = last;
        if (latest == null) {
            return all;
        }
        List<Step> canonical = new ArrayList<>(all.size());
        for (Step step : all) {
            boolean swaps = (step.touches & latest.touches) == 0 && step.isBefore(latest) && before.contains(step);
            if (!swaps) {
                canonical.add(step);
            }
        }
        return canonical;
    }

    private void offer(List<Step> all, End from, End to) {
        int offered = 0;
        for (Datagram datagram : from.underWay) {
            if (!datagram.to.sameAs(to.address)) {
                continue;
            }
            if (offered++ == REORDERING) {
                break;
            }
            all.add(new Step(Kind.DELIVER, to.name, datagram.serial));
            if (dropsLeft > 0) {
                all.add(new Step(Kind.DROP, 0, datagram.serial));
            }
            if (doublesLeft > 0) {
                all.add(new Step(Kind.DOUBLE, to.name, datagram.serial));
            }
            if (stealsLeft > 0 && to == server) {
                all.add(new Step(Kind.STEAL, to.name, datagram.serial));
            }
        }
    }

    /** Commands of one end come in their order. */
    private boolean mayHappen(Command command) {
        if (done.contains(command)) {
            return false;
        }
        for (Command earlier : commands) {
            if (earlier == command) {
                break;
            }
            if ((earlier.touches & command.touches) != 0 && !done.contains(earlier)) {
                return false;
            }
        }
        return command.touches != SERVER || server.newest() != null;
    }

    /** Takes a step that was offered, and checks everything. */
    void take(Step step) {
        last = step;
        switch (step.kind) {
            case DROP -> {
                dropsLeft--;
                note("drop", remove(step.serial));
            }
            case DELIVER -> {
                Datagram datagram = remove(step.serial);
                note("deliver", datagram);
                arrive(datagram, datagram.from);
            }
            case DOUBLE -> {
                doublesLeft--;
                Datagram datagram = find(step.serial);
                note("deliver, and keep,", datagram);
                arrive(datagram, datagram.from);
            }
            case STEAL -> {
                stealsLeft--;
                Datagram datagram = find(step.serial);
                note("deliver, first from a stranger's address,", datagram);
                arrive(datagram, stranger);
            }
            case COMMAND -> {
                Command command = Command.values()[step.serial];
                done.add(command);
                note(command.name(), null);
                perform(command);
            }
            case TIMER -> {
                note("timer", null);
                fireUntilSomethingHappens();
            }
        }
        check();
    }

    private void perform(Command command) {
        switch (command) {
            case MOVE -> client.address.setIpv4(0x0a000003, 6000);
            case REBIND -> client.address.setIpv4(0x0a000002, 5001);
            case RETURN -> client.address.copyFrom(first);
            case CLIENT_SENDS -> client.send();
            case SERVER_SENDS -> server.send();
            case CLIENT_CLOSES -> client.close(210);
            case SERVER_CLOSES -> server.close(209);
            case OUTAGE -> pass(5 * SECOND / 2);
            case LONG_OUTAGE -> pass(11 * SECOND);
        }
    }

    // The end.

    /**
     * From now on the network carries everything, in order. Both ends must come to rest: open, with everything delivered
     * that was sent; or closed, if somebody closed, the world stood still for longer than a handshake may take, or the
     * server had forgotten a client that never confirmed it. Then both close, and nothing may be left.
     *
     * <p>A client of another host by then does not know the token of the reset that would tell it so: it waits for its
     * idle timeout.
     */
    void makePeace() {
        note("peace", null);
        long began = now;
        long patience = (done.contains(Command.MOVE) ? 150 : 60) * SECOND;
        while (!isSettled()) {
            require(now - began < patience, "both ends rest in time");
            fireUntilSomethingHappens();
            exchange();
        }
        Talk talk = client.newest();
        boolean forgotten = server.talks.values().stream()
                .anyMatch(theirs -> theirs.closeCode == ReasonCode.HANDSHAKE_TIMEOUT.number());
        boolean mayEnd = client.closeCalled || server.closeCalled || forgotten || done.contains(Command.LONG_OUTAGE);
        assertThat(talk.closed && !mayEnd).as("an end without a reason").isFalse();
        if (!talk.closed) {
            checkQuiet();
        }
        client.close(210);
        server.endpoint.closeAll(now, 209);
        server.pump();
        exchange();
        passInPeace(200 * SECOND);
        client.checkNothingIsLeft();
        server.checkNothingIsLeft();
    }

    /**
     * Where all was delivered nothing is kept, and nothing is said before the client's next ping. A connection of an old
     * cookie, of which the client knows nothing, tries for as long as a handshake may take.
     */
    private void checkQuiet() {
        passInPeace(11 * SECOND);
        client.send();
        exchange();
        passInPeace(SECOND);
        int before = serials;
        passInPeace(10 * SECOND);
        assertThat(serials).as("datagrams of the idle").isEqualTo(before);
        assertThat(server.endpoint.connections()).isEqualTo(1);
        assertThat(client.endpoint.pool().inUse()).isZero();
        assertThat(server.endpoint.pool().inUse()).isZero();
        assertThat(isSettled()).isTrue();
    }

    private boolean isSettled() {
        Talk mine = client.newest();
        if (mine.closed) {
            return true;
        }
        Talk theirs = server.partnerOf(mine);
        return theirs != null
                && (theirs.closed
                        ? mine.closed
                        : mine.connected
                                && mine.hasAllOf(theirs)
                                && theirs.hasAllOf(mine)
                                && mine.rests()
                                && theirs.rests());
    }

    // Time and the wire.

    private long nextDeadline() {
        return Math.min(client.endpoint.nextDeadlineNanos(), server.endpoint.nextDeadlineNanos());
    }

    /** The timers are lazy: many firings only find out that nothing is due yet. */
    private void fireUntilSomethingHappens() {
        int before = serials + client.events + server.events;
        for (int quiet = 0; quiet < MOST_QUIET_FIRINGS; quiet++) {
            if (!fire() || serials + client.events + server.events != before) {
                return;
            }
        }
    }

    private void pass(long nanos) {
        long until = now + nanos;
        while (nextDeadline() <= until) {
            fire();
        }
        now = until;
    }

    private void passInPeace(long nanos) {
        long until = now + nanos;
        while (nextDeadline() <= until) {
            fire();
            exchange();
        }
        now = until;
    }

    private boolean fire() {
        long next = nextDeadline();
        if (next == Deadlines.NONE) {
            return false;
        }
        now = Math.max(now, next);
        client.fire();
        server.fire();
        return true;
    }

    private void exchange() {
        for (int rounds = 0; !client.underWay.isEmpty() || !server.underWay.isEmpty(); rounds++) {
            require(rounds < 1000, "both fall silent");
            for (End from : List.of(client, server)) {
                List<Datagram> all = List.copyOf(from.underWay);
                from.underWay.clear();
                all.forEach(datagram -> arrive(datagram, datagram.from));
            }
            check();
        }
    }

    private void arrive(Datagram datagram, PeerAddress from) {
        End to = datagram.to.sameAs(server.address) ? server : client;
        if (to == server) {
            ledger.received(from, ByteBuffer.wrap(datagram.bytes));
        } else if (datagram.to.sameAs(client.address)) {
            ledger.arrived(datagram.to, ByteBuffer.wrap(datagram.bytes));
        } else {
            return;
        }
        to.endpoint.input(now, ByteBuffer.wrap(datagram.bytes), from);
        to.pump();
    }

    private Datagram find(int serial) {
        for (End end : List.of(client, server)) {
            for (Datagram datagram : end.underWay) {
                if (datagram.serial == serial) {
                    return datagram;
                }
            }
        }
        throw new AssertionError("not under way: " + serial);
    }

    private Datagram remove(int serial) {
        Datagram datagram = find(serial);
        (datagram.to.sameAs(server.address) ? client : server).underWay.remove(datagram);
        return datagram;
    }

    private void check() {
        EndpointInvariants.check(client.endpoint, now);
        EndpointInvariants.check(server.endpoint, now);
        ledger.check();
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError("does not hold: " + what);
        }
    }

    private static PeerAddress address(int ip, int port) {
        PeerAddress address = new PeerAddress();
        address.setIpv4(ip, port);
        return address;
    }

    /** What happened so far, a step a line. */
    @Override
    public String toString() {
        return course.stream().limit(MOST_NOTES_TOLD).map(Note::toString).collect(Collectors.joining("\n"));
    }

    private void note(String what, @Nullable Datagram datagram) {
        course.add(new Note(now, what, datagram));
    }

    /** Something that happened; put into words only when somebody asks. */
    private record Note(
            long nowNanos, String what, @Nullable Datagram datagram) {
        @Override
        public String toString() {
            return nowNanos / 1_000_000 + " ms: " + what + (datagram == null ? "" : " " + datagram);
        }
    }

    /** One datagram under way. */
    private record Datagram(int serial, byte[] bytes, PeerAddress from, PeerAddress to) {
        @Override
        public String toString() {
            return "#" + serial + " (" + Integer.toHexString(bytes[0] & 0xff) + ", " + bytes.length + " B, " + from
                    + " > " + to + ")";
        }
    }

    /** Only what the table knows may happen to a connection. */
    private final class TableGuard implements RudpTracer {
        @Override
        public void onState(RudpConnection connection, long nowNanos, String from, String to) {
            if (!TABLE.contains(from + " > " + to)) {
                throw new AssertionError("from " + from + " to " + to);
            }
            transitions.add((connection.core().names.server ? "server " : "client ") + from + " > " + to);
        }
    }

    private static Set<String> table() {
        Set<String> table = new HashSet<>();
        for (ConnectionState from : ConnectionState.values()) {
            for (ConnectionState.Transition transition : ConnectionState.Transition.values()) {
                try {
                    table.add(from + " > " + from.on(transition));
                } catch (IllegalStateException impossible) {
                    assertThat(impossible).hasMessageContaining(from.name());
                }
            }
        }
        return Set.copyOf(table);
    }

    /** One endpoint, its connections, and what it sent that is under way. */
    private final class End {
        final int name;
        final PeerAddress address;
        final RudpEndpoint endpoint;
        final List<Datagram> underWay = new ArrayList<>();
        final Map<RudpConnection, Talk> talks = new LinkedHashMap<>();
        boolean closeCalled;
        int events;

        private final RudpEvent event = new RudpEvent();
        private final PeerAddress to = new PeerAddress();
        private final ByteBuffer out = ByteBuffer.allocate(RudpConfig.DATAGRAM_BYTES);

        End(int name, PeerAddress address, RudpEndpoint endpoint) {
            this.name = name;
            this.address = address;
            this.endpoint = endpoint;
        }

        Talk talk(RudpConnection connection) {
            return talks.computeIfAbsent(connection, Talk::new);
        }

        @Nullable
        Talk newest() {
            Talk newest = null;
            for (Talk talk : talks.values()) {
                newest = talk;
            }
            return newest;
        }

        @Nullable
        Talk partnerOf(Talk other) {
            for (Talk talk : talks.values()) {
                if (talk.connection.id() == other.connection.id()) {
                    return talk;
                }
            }
            return null;
        }

        void send() {
            newest().send();
            pump();
        }

        void close(int code) {
            closeCalled = true;
            newest().connection.close(now, code);
            pump();
        }

        void fire() {
            endpoint.onDeadline(now);
            pump();
        }

        /** A driver's round. */
        void pump() {
            for (int datagrams = 0; poll(); datagrams++) {
                require(datagrams < MOST_DATAGRAMS_A_ROUND, "a round ends");
            }
        }

        private boolean poll() {
            hear();
            out.clear();
            if (!endpoint.pollDatagram(now, out, to)) {
                hear();
                return false;
            }
            byte[] datagram = new byte[out.flip().remaining()];
            out.get(datagram);
            if (this == server) {
                ledger.sent(to, ByteBuffer.wrap(datagram));
            }
            Datagram sent = new Datagram(serials++, datagram, address.copy(), to.copy());
            note("    sent", sent);
            if (!to.sameAs(stranger)) {
                underWay.add(sent);
            }
            return true;
        }

        private void hear() {
            while (endpoint.pollEvent(event)) {
                events++;
                Talk talk = talk(event.connection());
                require(!talk.closed, "CLOSED is the last event");
                switch (event.kind()) {
                    case RudpEvent.CONNECTED -> talk.onConnected(this == server);
                    case RudpEvent.FRAME -> talk.onFrame(event);
                    case RudpEvent.CLOSED -> talk.onClosed(event.code());
                    default -> {}
                }
            }
        }

        void checkNothingIsLeft() {
            assertThat(endpoint.connections()).isZero();
            assertThat(endpoint.pool().inUse()).isZero();
            assertThat(talks.values()).allMatch(talk -> talk.closed);
        }
    }

    /** One end of one connection: messages are numbered, and each is answered by the server with one. */
    private final class Talk {
        final RudpConnection connection;
        int sent;
        int heard;
        boolean connected;
        boolean closed;
        int closeCode = -1;

        Talk(RudpConnection connection) {
            this.connection = connection;
        }

        void send() {
            if (connection.send(now, Lane.CHAT, new byte[] {(byte) sent, 'h', 'i'})) {
                sent++;
                connection.flush();
            }
        }

        void onConnected(boolean atServer) {
            require(!connected, "connected once");
            connected = true;
            if (atServer) {
                require(cookies.add(connection.core().names.originName()), "one connection of a cookie");
            }
        }

        void onFrame(RudpEvent event) {
            require(connected, "heard when it was connected");
            require(event.frame().get(event.frame().position()) == (byte) heard, "the next message, once");
            heard++;
            if (connection.core().names.server) {
                send();
            }
        }

        void onClosed(int code) {
            assertThat(code)
                    .isIn(
                            209,
                            210,
                            ReasonCode.HANDSHAKE_TIMEOUT.number(),
                            ReasonCode.UNKNOWN_CONNECTION.number(),
                            ReasonCode.IDLE_TIMEOUT.number());
            closed = true;
            closeCode = code;
        }

        boolean hasAllOf(Talk other) {
            return heard == other.sent;
        }

        boolean rests() {
            return connection.pendingBytes(Lane.CHAT) == 0;
        }
    }
}
