// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.protocol.Lane;
import io.hongyan.simnet.LinkProfile;
import io.hongyan.simnet.RandomStream;
import io.hongyan.simnet.SimAddress;
import io.hongyan.simnet.SimulatedNetwork;
import io.hongyan.simnet.VirtualClock;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;

/** Messages sent twice before anything is known to be lost. */
class RedundancyTest {
    private static final long MILLI = 1_000_000L;
    private static final SimAddress SERVER = SimAddress.ipv4("10.0.0.1", 7901);

    private final VirtualClock clock = new VirtualClock();
    private final SimulatedNetwork network = new SimulatedNetwork(
            clock, 7, LinkProfile.builder("steady").delayMillis(25).keepOrder().build());
    private final List<Integer> sizes = new ArrayList<>();
    private final List<Integer> delivered = new ArrayList<>();
    private final Redundancy redundancy = new Redundancy();
    private SimPeer client;
    private RudpConnection connection;

    private void begin(boolean isOn) {
        RandomStream random = RandomStream.of(7, "keys");
        RudpConfig config = RudpConfig.builder().redundancy(isOn).build();
        SimPeer server = new SimPeer(
                network,
                "server",
                SERVER,
                RudpEndpoint.server(config, ServerSecret.random(random), 0, random, RudpTracer.NONE));
        client = new SimPeer(
                network,
                "client",
                SimAddress.ipv4("10.0.0.2", 5000),
                RudpEndpoint.client(config, random, RudpTracer.NONE));
        server.onEvent = event -> {
            if (event.kind() == RudpEvent.FRAME) {
                delivered.add(event.frame().remaining());
            }
        };
        connection = client.connect(server);
        clock.advanceBy(1_000 * MILLI);
        network.observe((now, from, to, datagram) -> {
            if (to.equals(SERVER)) {
                sizes.add(datagram.remaining());
            }
        });
    }

    private void each(int count, int gapMillis, IntConsumer send) {
        for (int i = 0; i < count; i++) {
            send.accept(i);
            clock.advanceBy(gapMillis * MILLI);
        }
    }

    private void say(int bytes) {
        client.send(connection, Lane.CHAT, new byte[bytes]);
    }

    private void sayUrgently(int bytes) {
        connection.sendUrgent(clock.nowNanos(), new byte[bytes]);
        connection.flush();
        client.pump();
    }

    /** The clean path is learnt. */
    private void learn() {
        each(80, 60, i -> say(50));
        sizes.clear();
        delivered.clear();
    }

    @Test
    void rideAlongOnceInTheNextDatagramWhileThePathIsUnknown() {
        begin(true);
        each(4, 20, i -> say(100 + i));
        clock.advanceBy(1_000 * MILLI);
        assertThat(delivered).containsExactly(100, 101, 102, 103);
        assertThat(sizes).hasSize(4);
        assertThat(sizes.get(1) - sizes.get(0)).as("with a copy of the first").isBetween(100, 108);
        assertThat(sizes.get(2) - sizes.get(1)).as("the first not again").isBetween(0, 4);
    }

    @Test
    void leaveAgainNeverWhereItIsOff() {
        begin(false);
        each(4, 20, i -> say(100));
        sayUrgently(100);
        clock.advanceBy(1_000 * MILLI);
        assertThat(sizes).hasSize(5).allMatch(size -> size < 130);
    }

    @Test
    void leaveAgainNoMoreWhenNothingIsLost() {
        begin(true);
        learn();
        each(4, 20, i -> say(100));
        assertThat(sizes).hasSize(4).allMatch(size -> size < 130);
    }

    @Test
    void longMessagesAndBulkHaveNoCopy() {
        begin(true);
        say(Redundancy.MAX_COPIED_BYTES + 1);
        clock.advanceBy(10 * MILLI);
        client.send(connection, Lane.BULK, new byte[100]);
        clock.advanceBy(10 * MILLI);
        say(50);
        assertThat(sizes.get(2)).isLessThan(80);
    }

    @Test
    void copiesNeverDisplaceWhatWaits() {
        begin(true);
        say(300);
        clock.advanceBy(5 * MILLI);
        connection.send(clock.nowNanos(), Lane.CHAT, new byte[1_000]);
        connection.send(clock.nowNanos(), Lane.CHAT, new byte[1_000]);
        connection.flush();
        client.pump();
        clock.advanceBy(5 * MILLI);
        assertThat(sizes).hasSize(3);
        assertThat(sizes.get(1)).isLessThan(1_100);
    }

    @Test
    void urgentOneHasACopyOfItsOwnOnACleanPath() {
        begin(true);
        learn();
        sayUrgently(100);
        clock.advanceBy(12 * MILLI);
        assertThat(sizes).hasSize(1);
        clock.advanceBy(MILLI);
        assertThat(sizes).hasSize(2);
        clock.advanceBy(1_000 * MILLI);
        assertThat(sizes).as("one, and no more").hasSize(2);
        assertThat(delivered).containsExactly(100);
    }

    @Test
    void urgentOneThatIsAcknowledgedInTimeHasNone() {
        begin(true);
        learn();
        clock.advanceBy(1_000 * MILLI);
        sayUrgently(100);
        say(50);
        clock.advanceBy(1_000 * MILLI);
        assertThat(sizes.subList(1, sizes.size())).as("it rode along").hasSize(1);
    }

    @Test
    void copyThatIsDueIsTakenOnceWhetherItLeavesOrNot() {
        begin(true);
        redundancy.reset();
        redundancy.onDatagram(connection.core().rtt, 0, true, true);
        long due = redundancy.copyNanos();
        assertThat(redundancy.takeCopyDue(due - 1)).isFalse();
        assertThat(redundancy.takeCopyDue(due)).isTrue();
        assertThat(redundancy.takeCopyDue(due)).isFalse();
        assertThat(redundancy.copyNanos()).isEqualTo(Deadlines.NONE);
    }

    @Test
    void budgetIsWhatWasSentAndNoMoreThanAFewKilobytes() {
        redundancy.reset();
        assertThat(redundancy.take(1)).isFalse();
        redundancy.onSent(200);
        assertThat(redundancy.take(201)).isFalse();
        assertThat(redundancy.take(200)).isTrue();
        assertThat(redundancy.take(1)).isFalse();
        for (int i = 0; i < 1_000; i++) {
            redundancy.onSent(200);
        }
        assertThat(redundancy.take(4_096)).isTrue();
        assertThat(redundancy.take(1)).isFalse();
    }

    @Test
    void standingQueueSwitchesItOff() {
        begin(true);
        ConnectionCore core = connection.core();
        redundancy.reset();
        for (int i = 0; i < 8; i++) {
            redundancy.onRoundTrip(50 * MILLI);
        }
        assertThat(redundancy.isOn(core)).isTrue();
        for (int i = 0; i < 7; i++) {
            redundancy.onRoundTrip(70 * MILLI);
        }
        assertThat(redundancy.isOn(core)).as("some samples ago it was short").isTrue();
        redundancy.onRoundTrip(70 * MILLI);
        assertThat(redundancy.isOn(core)).isFalse();
        redundancy.onRoundTrip(52 * MILLI);
        assertThat(redundancy.isOn(core)).isTrue();
    }
}
