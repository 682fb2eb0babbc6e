// SPDX-License-Identifier: Apache-2.0
package io.hongyan.simnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SimulatedNetworkTest {

    private static final long MILLI = 1_000_000;
    private static final SimAddress CLIENT = SimAddress.ipv4("10.0.0.1", 4000);
    private static final SimAddress SERVER = SimAddress.ipv4("10.0.1.1", 7901);

    private final VirtualClock clock = new VirtualClock(Long.MAX_VALUE - 3 * MILLI);
    private final long start = clock.nowNanos();
    private final SimulatedNetwork network = new SimulatedNetwork(
            clock, 1, LinkProfile.builder("default").delayMillis(10).build());
    private final List<String> arrivals = new ArrayList<>();
    private final SimNode client = network.attach("client", CLIENT, this::arrive);
    private final SimNode server = network.attach("server", SERVER, this::arrive);

    @Test
    void datagramArrivesAfterTheDelayWithBothAddresses() {
        client.send(SERVER, bytes("hello"));
        assertThat(network.datagramsInFlight()).isEqualTo(1);
        assertThat(clock.runUntilIdle(MILLI * 100)).isTrue();
        assertThat(arrivals).containsExactly("10 ms 10.0.0.1:4000 > 10.0.1.1:7901 hello");
        assertThat(network.datagramsInFlight()).isZero();
        assertThat(network.counters(client, server).datagramsForwarded()).isEqualTo(1);
        assertThat(network.counters(server, client)).isEqualTo(LinkCounters.ZERO);
    }

    @Test
    void sendingTakesTheBufferToItsLimitAndCopiesTheBytes() {
        byte[] array = bytes("[hello]");
        ByteBuffer buffer = ByteBuffer.wrap(array, 1, 5);
        client.send(SERVER, buffer);
        assertThat(buffer.hasRemaining()).isFalse();
        array[1] = 'X';
        clock.runUntilIdle(MILLI * 100);
        assertThat(arrivals).hasSize(1).first().asString().endsWith("hello");
    }

    @Test
    void receiversAnswerFromWithinTheCallback() {
        SimNode echo = network.attach(
                "echo",
                SERVER.withPort(7),
                (from, to, datagram) -> network.clock().scheduleAfter(0, () -> {}));
        SimNode[] self = new SimNode[1];
        self[0] = network.attach("answering", SERVER.withPort(8), (from, to, datagram) -> self[0].send(from, datagram));
        client.send(echo.address(), bytes("a"));
        client.send(self[0].address(), bytes("b"));
        clock.runUntilIdle(MILLI * 100);
        assertThat(arrivals).containsExactly("20 ms 10.0.1.1:8 > 10.0.0.1:4000 b");
    }

    @Test
    void eachDirectionHasItsOwnProfile() {
        network.link(
                client,
                server,
                LinkProfiles.PERFECT,
                LinkProfile.builder("down").delayMillis(40).build());
        client.send(SERVER, bytes("up"));
        server.send(CLIENT, bytes("down"));
        clock.runUntilIdle(MILLI * 100);
        assertThat(arrivals)
                .containsExactly("0 ms 10.0.0.1:4000 > 10.0.1.1:7901 up", "40 ms 10.0.1.1:7901 > 10.0.0.1:4000 down");
    }

    @Test
    void duplicatesAndCorruptionReachTheBytes() {
        network.link(
                client,
                server,
                LinkProfile.builder("x").duplication(1).corruption(1).build());
        List<byte[]> got = new ArrayList<>();
        SimNode sink = network.attach("sink", SERVER.withPort(1), (from, to, datagram) -> got.add(datagram.array()));
        network.link(
                client,
                sink,
                LinkProfile.builder("x").duplication(1).corruption(1).build());
        client.send(sink.address(), new byte[100]);
        clock.runUntilIdle(0);
        assertThat(got).hasSize(2);
        assertThat(bitsSet(got.get(0))).isEqualTo(1);
        assertThat(bitsSet(got.get(1))).isZero();
        assertThat(network.counters(client, sink).duplicated()).isEqualTo(1);
        assertThat(network.totals().datagramsForwarded()).isEqualTo(2);
    }

    @Test
    void cutDropsOneWayOnlyAndOnlyWhileItLasts() {
        network.cut(client, server, start + 5 * MILLI, 10 * MILLI);
        for (long at = 0; at < 20; at += 5) {
            String text = String.valueOf(at);
            clock.schedule(start + at * MILLI, () -> client.send(SERVER, bytes(text)));
            clock.schedule(start + at * MILLI, () -> server.send(CLIENT, bytes("d" + text)));
        }
        clock.runUntilIdle(MILLI * 100);
        assertThat(arrivals)
                .extracting(text -> text.substring(text.lastIndexOf(' ') + 1))
                .containsExactly("0", "d0", "d5", "d10", "15", "d15");
        assertThat(network.counters(client, server).cutDrops()).isEqualTo(2);
    }

    @Test
    void cutBothWaysDropsBoth() {
        network.cutBoth(client, server, start, MILLI);
        client.send(SERVER, bytes("a"));
        server.send(CLIENT, bytes("b"));
        clock.runUntilIdle(MILLI * 100);
        assertThat(arrivals).isEmpty();
        assertThat(network.totals().cutDrops()).isEqualTo(2);
        assertThatIllegalArgumentException().isThrownBy(() -> network.cut(client, server, start, -1));
    }

    @Test
    void changedAddressIsWhatOthersSeeAndTheOldOneLeadsNowhere() {
        SimAddress moved = CLIENT.withPort(5555);
        server.send(CLIENT, bytes("on its way"));
        clock.advanceBy(MILLI);
        client.changeAddress(moved);
        server.send(CLIENT, bytes("too late"));
        client.send(SERVER, bytes("here I am"));
        clock.runUntilIdle(MILLI * 100);
        assertThat(arrivals).containsExactly("11 ms 10.0.0.1:5555 > 10.0.1.1:7901 here I am");
        assertThat(network.unroutedDatagrams()).isEqualTo(2);
        server.send(moved, bytes("found"));
        clock.runUntilIdle(MILLI * 100);
        assertThat(arrivals).hasSize(2);
        assertThat(client.address()).isEqualTo(moved);
    }

    @Test
    void linkStaysWhenTheAddressChanges() {
        client.send(SERVER, bytes("a"));
        client.changeAddress(CLIENT.withPort(1));
        client.send(SERVER, bytes("b"));
        assertThat(network.counters(client, server).datagramsIn()).isEqualTo(2);
    }

    @Test
    void detachedNodeNeitherSendsNorReceives() {
        server.send(CLIENT, bytes("a"));
        client.send(SERVER, bytes("left before"));
        client.detach();
        client.detach();
        client.send(SERVER, bytes("b"));
        server.send(CLIENT, bytes("c"));
        clock.runUntilIdle(MILLI * 100);
        assertThat(arrivals).hasSize(1).first().asString().endsWith("left before");
        assertThat(network.unroutedDatagrams()).isEqualTo(2);
        assertThat(client.isAttached()).isFalse();
        assertThatIllegalStateException().isThrownBy(() -> client.changeAddress(CLIENT.withPort(9)));
        network.attach("client again", CLIENT, this::arrive);
    }

    @Test
    void namesAndAddressesAreUnique() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> network.attach("client", CLIENT.withPort(9), this::arrive))
                .withMessageContaining("client");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> network.attach("other", CLIENT, this::arrive))
                .withMessageContaining("client at 10.0.0.1:4000");
        assertThatIllegalArgumentException().isThrownBy(() -> client.changeAddress(SERVER));
        client.changeAddress(CLIENT);
    }

    @Test
    void injectedDatagramArrivesAtOnceFromAnyAddress() {
        network.inject(SimAddress.ipv4("6.6.6.6", 666), SERVER, bytes("forged"));
        clock.runUntilIdle(0);
        assertThat(arrivals).containsExactly("0 ms 6.6.6.6:666 > 10.0.1.1:7901 forged");
        assertThat(network.totals()).isEqualTo(LinkCounters.ZERO);
    }

    @Test
    void observersSeeWhatIsSentEvenIfItIsLost() {
        List<String> seen = new ArrayList<>();
        network.observe((now, from, to, datagram) -> {
            assertThat(datagram.isReadOnly()).isTrue();
            seen.add(from + " > " + to + " " + datagram.remaining() + " B at " + (now - start));
        });
        network.link(client, server, LinkProfile.builder("x").loss(1).build());
        client.send(SERVER, bytes("lost"));
        assertThat(seen).containsExactly("10.0.0.1:4000 > 10.0.1.1:7901 4 B at 0");
    }

    @Test
    void oversizeDatagramIsMisuse() {
        client.send(SERVER, new byte[65_507]);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> client.send(SERVER, new byte[65_508]))
                .withMessageContaining("65507");
        assertThatIllegalArgumentException().isThrownBy(() -> network.inject(CLIENT, SERVER, new byte[65_508]));
    }

    @Test
    void runawaySenderIsStopped() {
        assertThatIllegalStateException()
                .isThrownBy(() -> {
                    for (int i = 0; i < 5000; i++) {
                        client.send(SERVER, new byte[60_000]);
                    }
                })
                .withMessageContaining("on their way");
    }

    @Test
    void sameSeedTakesTheSameCourseAndAnotherSeedAnother() {
        long first = chatter(7, false);
        assertThat(chatter(7, false)).isEqualTo(first);
        assertThat(chatter(8, false)).isNotEqualTo(first);
    }

    @Test
    void orderInWhichLinksAreMadeDoesNotMatter() {
        assertThat(chatter(7, true)).isEqualTo(chatter(7, false));
    }

    /** The trace of 20 nodes that talk to a server over a bad network. */
    private static long chatter(long seed, boolean touchLinksBackwards) {
        VirtualClock clock = new VirtualClock();
        SimulatedNetwork network = new SimulatedNetwork(clock, seed, LinkProfiles.SUBWAY);
        SimNode[] server = new SimNode[1];
        server[0] = network.attach("server", SERVER, (from, to, datagram) -> server[0].send(from, datagram));
        List<SimNode> nodes = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            nodes.add(network.attach("n" + i, CLIENT.withPort(5000 + i), (from, to, datagram) -> {}));
        }
        if (touchLinksBackwards) {
            for (int i = nodes.size() - 1; i >= 0; i--) {
                network.link(nodes.get(i), server[0], LinkProfiles.SUBWAY);
            }
        }
        RandomStream random = RandomStream.of(seed, "chatter");
        for (int i = 0; i < 2000; i++) {
            byte[] bytes = new byte[(int) random.between(0, 300)];
            random.nextBytes(bytes);
            SimNode node = nodes.get((int) random.between(0, nodes.size() - 1));
            clock.schedule(random.between(0, 10_000 * MILLI), () -> node.send(SERVER, bytes));
        }
        assertThat(clock.runUntilIdle(20_000 * MILLI)).isTrue();
        assertThat(network.totals().datagramsForwarded()).isGreaterThan(2000);
        return network.traceHash();
    }

    private void arrive(SimAddress from, SimAddress to, ByteBuffer datagram) {
        String text = StandardCharsets.UTF_8.decode(datagram).toString();
        arrivals.add((clock.nowNanos() - start) / MILLI + " ms " + from + " > " + to + " " + text);
    }

    private static int bitsSet(byte[] bytes) {
        int bits = 0;
        for (byte b : bytes) {
            bits += Integer.bitCount(b & 0xff);
        }
        return bits;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
