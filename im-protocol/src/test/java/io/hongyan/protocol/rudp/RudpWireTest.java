// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.protocol.Lane;
import io.hongyan.simnet.LinkProfile;
import io.hongyan.simnet.RandomStream;
import io.hongyan.simnet.SimAddress;
import io.hongyan.simnet.SimulatedNetwork;
import io.hongyan.simnet.VirtualClock;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The wire cannot drift unseen: a session with given keys has, byte for byte, the datagrams of {@code wire/rudp}, and a
 * decoder that knows only the document reads them.
 */
class RudpWireTest {
    private static final long MILLI = 1_000_000L;

    private final VirtualClock clock = new VirtualClock(1_000_000_000L);
    private final SimulatedNetwork network = new SimulatedNetwork(
            clock, 1, LinkProfile.builder("1 ms").delayMillis(1).keepOrder().build());
    private final RandomStream random = RandomStream.of(2026, "wire");
    private final ServerSecret secret = new ServerSecret(new byte[32]);
    private final List<byte[]> sent = new ArrayList<>();
    private final Map<String, byte[]> named = new LinkedHashMap<>();

    RudpWireTest() {
        SimPeer server = new SimPeer(
                network,
                "server",
                SimAddress.ipv4("10.0.0.1", 7901),
                RudpEndpoint.server(
                        RudpConfig.builder().ticketLifetimeSeconds(0).build(), secret, 2, random, RudpTracer.NONE));
        SimPeer client = new SimPeer(
                network,
                "client",
                SimAddress.ipv4("10.0.0.2", 5000),
                RudpEndpoint.client(RudpConfig.builder().clientIdBytes(4).build(), random, RudpTracer.NONE));
        network.observe((nowNanos, from, to, datagram) -> {
            byte[] bytes = new byte[datagram.remaining()];
            datagram.get(bytes);
            sent.add(bytes);
        });
        RudpConnection connection = client.connect(server);
        client.send(connection, Lane.CHAT, text("login"));
        clock.advanceBy(10 * MILLI);
        name("1-initial", 0);
        name("2-cookie", 1);
        name("3-connect", 2);
        name("4-accept", 3);

        int from = sent.size();
        connection.send(clock.nowNanos(), Lane.CHAT, text("hello"));
        connection.send(clock.nowNanos(), Lane.CHAT, text("bob"));
        client.send(connection, Lane.EPHEMERAL, text("typing"));
        clock.advanceBy(10 * MILLI);
        name("5-messages", from);
        name("6-ack", from + 1);

        from = sent.size();
        byte[] photo = new byte[1300];
        Arrays.fill(photo, (byte) 'p');
        client.send(connection, Lane.BULK, photo);
        clock.advanceBy(10 * MILLI);
        name("7-fragment", from);
        name("8-fragment-final", from + 1);

        from = sent.size();
        client.node.changeAddress(SimAddress.ipv4("10.0.0.3", 6000));
        client.send(connection, Lane.CHAT, text("moved"));
        clock.advanceBy(10 * MILLI);
        name("9-path-challenge", from + 1);
        name("a-path-response", from + 2);

        clock.advanceBy(20_000 * MILLI);
        from = sent.size();
        clock.advanceBy(6_000 * MILLI);
        name("b-ping", from);

        from = sent.size();
        byte[] initial = named.get("1-initial").clone();
        Bytes.putInt(initial, 1, 0x4859_0002);
        network.inject(SimAddress.ipv4("10.0.0.9", 9), SimAddress.ipv4("10.0.0.1", 7901), initial);
        clock.advanceBy(MILLI);
        name("c-refusal", from);

        from = sent.size();
        connection.close(clock.nowNanos(), 210);
        client.pump();
        name("d-close", from);
        clock.advanceBy(5_000 * MILLI);

        from = sent.size();
        network.inject(SimAddress.ipv4("10.0.0.2", 5000), SimAddress.ipv4("10.0.0.1", 7901), named.get("5-messages"));
        clock.advanceBy(MILLI);
        name("e-reset", from);

        RudpConnection again = client.connect(server);
        clock.advanceBy(10 * MILLI);
        from = sent.size();
        client.send(again, Lane.BULK, new byte[40_000]);
        clock.advanceBy(10 * MILLI);
        name("f-mtu-probe", from);
        again.close(clock.nowNanos(), 210);
        client.pump();

        resumption(client, server);
    }

    /** A server that gives tickets, and the same client a second time. */
    private void resumption(SimPeer client, SimPeer server) {
        clock.advanceBy(5_000 * MILLI);
        server.endpoint = RudpEndpoint.server(RudpConfig.defaults(), secret, 2, random, RudpTracer.NONE);
        int from = sent.size();
        RudpConnection before = client.connect(server);
        clock.advanceBy(10 * MILLI);
        name("g-accept-ticket", from + 3);
        before.close(clock.nowNanos(), 210);
        client.pump();
        clock.advanceBy(5_000 * MILLI);

        from = sent.size();
        client.resume(server, client.tickets.get(0), text("login"));
        clock.advanceBy(10 * MILLI);
        name("h-resume", from);
        name("i-accept-challenge", from + 1);
    }

    private void name(String name, int index) {
        named.put(name, sent.get(index));
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @TestFactory
    List<DynamicTest> datagramIsItsGoldenBytes() {
        List<DynamicTest> tests = new ArrayList<>();
        named.forEach((name, datagram) -> tests.add(DynamicTest.dynamicTest(name, () -> {
            String dump = dump(name, datagram);
            assertThat(dump).isEqualTo(Files.readString(directory().resolve(name + ".hex")));
            assertThat(bytesOf(dump)).isEqualTo(HexFormat.of().formatHex(trimmed(name, datagram)));
        })));
        return tests;
    }

    @Test
    void everyFileHasItsDatagram() throws IOException {
        try (Stream<Path> files = Files.list(directory())) {
            TreeSet<String> names = new TreeSet<>();
            files.forEach(file -> names.add(file.getFileName().toString().replace(".hex", "")));
            assertThat(names).isEqualTo(new TreeSet<>(named.keySet()));
        }
    }

    /** What the files were made with, and are compared to. */
    static String dump(String name, byte[] datagram) {
        boolean toClient = List.of(
                        "2-cookie",
                        "4-accept",
                        "6-ack",
                        "9-path-challenge",
                        "c-refusal",
                        "e-reset",
                        "g-accept-ticket",
                        "i-accept-challenge")
                .contains(name);
        return "# " + name.substring(2) + ", " + datagram.length + " bytes, "
                + (toClient ? "to the client" : "to the server") + "\n\n" + DatagramDump.of(datagram, 4, toClient);
    }

    private static String bytesOf(String dump) {
        StringBuilder digits = new StringBuilder();
        dump.lines().forEach(line -> digits.append(line.replaceFirst("#.*", "").replace(" ", "")));
        return digits.toString();
    }

    /** Zeros that pad a first datagram are not written down. */
    private static byte[] trimmed(String name, byte[] datagram) {
        return name.equals("1-initial") ? Arrays.copyOf(datagram, 1 + 4 + 8 + 1 + 4 + 1 + 2 + 16) : datagram;
    }

    private static Path directory() {
        try {
            return Path.of(Objects.requireNonNull(RudpWireTest.class.getResource("/wire/rudp"))
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The session, for who writes the files anew after a change that is wanted. */
    Map<String, byte[]> named() {
        return named;
    }
}
