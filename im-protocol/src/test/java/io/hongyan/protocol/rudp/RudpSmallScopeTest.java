// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.protocol.rudp.SmallWorld.Command;
import io.hongyan.protocol.rudp.SmallWorld.Faults;
import io.hongyan.protocol.rudp.SmallWorld.Step;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Everything that can happen in a few steps, depth first: each datagram delivered, lost, doubled, overtaken or taken for
 * a stranger's own, each timer and each command of an application before or after it. Bugs of protocols show in small
 * worlds.
 *
 * <p>{@code -Dhongyan.deeper=N} goes N steps deeper, each some five times as much work, as the nightly build does.
 */
@Tag("once")
class RudpSmallScopeTest {
    private final Set<String> transitions = new TreeSet<>();

    @Test
    void handshake() {
        search("handshake", 6, false, new Faults(2, 1, 0));
        assertThat(transitions).contains("client HELLO_SENT > CONNECTING", "client CONNECTING > OPEN");
    }

    @Test
    void handshakeOfAClientThatMoves() {
        search("handshake and moves", 5, false, new Faults(1, 1, 0), Command.MOVE, Command.OUTAGE, Command.RETURN);
        assertThat(transitions).contains("client CONNECTING > OPEN");
    }

    @Test
    void handshakeThatTakesTooLong() {
        search("handshake and outage", 5, false, new Faults(1, 1, 0), Command.LONG_OUTAGE);
        assertThat(transitions)
                .contains("client HELLO_SENT > CLOSED", "client CONNECTING > CLOSED", "server OPEN > CLOSED");
    }

    @Test
    void handshakeAndClose() {
        search("handshake and close", 6, false, new Faults(1, 1, 0), Command.CLIENT_CLOSES, Command.SERVER_CLOSES);
        assertThat(transitions)
                .contains("client HELLO_SENT > CLOSED", "client CONNECTING > FLUSHING", "client FLUSHING > FLUSHING");
    }

    /** The server has closed and forgotten; then an old CONNECT comes, whose cookie must not make a second connection. */
    @Test
    void handshakeThatComesAgainAfterTheEnd() {
        search("handshake after the end", 6, false, new Faults(0, 1, 0), Command.SERVER_CLOSES, Command.OUTAGE);
        assertThat(transitions).contains("server CLOSING > CLOSED");
    }

    @Test
    void migration() {
        search(
                "migration",
                6,
                true,
                new Faults(1, 1, 1),
                Command.MOVE,
                Command.CLIENT_SENDS,
                Command.REBIND,
                Command.RETURN,
                Command.SERVER_SENDS,
                Command.OUTAGE);
        assertThat(transitions).contains("client FLUSHING > CLOSING", "server OPEN > FLUSHING");
    }

    @Test
    void close() {
        search(
                "close",
                6,
                true,
                new Faults(1, 1, 0),
                Command.CLIENT_SENDS,
                Command.CLIENT_CLOSES,
                Command.SERVER_SENDS,
                Command.SERVER_CLOSES);
        assertThat(transitions)
                .contains("client OPEN > DRAINING", "server OPEN > DRAINING", "server FLUSHING > DRAINING");
    }

    private void search(String name, int depth, boolean open, Faults faults, Command... commands) {
        int steps = depth + Integer.getInteger("hongyan.deeper", 0);
        long began = System.nanoTime();
        ChoiceTree tree = new ChoiceTree();
        long executions = 0;
        while (tree.begin()) {
            run(tree, steps, open, faults, List.of(commands));
            executions++;
        }
        System.out.printf(
                "SMALL WORLDS %s: %d of %d steps in %.1f s%n",
                name, executions, steps, (System.nanoTime() - began) / 1e9);
    }

    private void run(ChoiceTree tree, int steps, boolean open, Faults faults, List<Command> commands) {
        SmallWorld world = new SmallWorld(commands, faults, transitions);
        try {
            if (open) {
                world.open();
            }
            for (int step = 0; step < steps; step++) {
                List<Step> offered = world.steps();
                if (offered.isEmpty()) {
                    break;
                }
                world.take(offered.get(tree.choose(offered.size())));
            }
            world.makePeace();
        } catch (AssertionError | RuntimeException failure) {
            throw new AssertionError("choices " + tree + ":\n" + world, failure);
        }
    }
}
