// SPDX-License-Identifier: Apache-2.0
package io.hongyan.simnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class UdpRelayTest {

    private static final LinkProfile DEAF = LinkProfile.builder("deaf").loss(1).build();

    private final List<AutoCloseable> opened = new ArrayList<>();
    private DatagramSocket server;
    private DatagramSocket client;

    @BeforeEach
    void openSockets() throws IOException {
        server = socket(InetAddress.getLoopbackAddress());
        client = socket(InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
    }

    @Test
    void carriesDatagramsBothWays() throws IOException {
        UdpRelay relay = start(relay());
        send(client, relay.address(), "ping");
        DatagramPacket ping = receive(server);
        assertThat(text(ping)).isEqualTo("ping");
        send(server, ping.getSocketAddress(), "pong");
        DatagramPacket pong = receive(client);
        assertThat(text(pong)).isEqualTo("pong");
        assertThat(pong.getSocketAddress()).isEqualTo(relay.address());
        RelayCounters counters = awaitCounters(relay, c -> c.down().datagramsForwarded() == 1);
        assertThat(counters.up().bytesForwarded()).isEqualTo(4);
        assertThat(counters.link(Direction.BOTH).datagramsIn()).isEqualTo(2);
        assertThat(counters.upLateness().datagrams()).isEqualTo(1);
        assertThat(counters.socketErrors()).isZero();
    }

    @Test
    void targetTellsClientsApartAndAnswersReachTheRightOne() throws IOException {
        UdpRelay relay = start(relay());
        List<DatagramSocket> clients = new ArrayList<>();
        Set<Integer> ports = new HashSet<>();
        for (int i = 0; i < 5; i++) {
            clients.add(socket(InetAddress.getLoopbackAddress()));
            send(clients.get(i), relay.address(), "from " + i);
            DatagramPacket request = receive(server);
            ports.add(request.getPort());
            send(server, request.getSocketAddress(), "to " + i);
        }
        assertThat(ports).hasSize(5);
        for (int i = 0; i < 5; i++) {
            assertThat(text(receive(clients.get(i)))).isEqualTo("to " + i);
        }
        assertThat(relay.counters().flows()).isEqualTo(5);
    }

    @Test
    void emptyAndLargeDatagramsPass() throws IOException {
        UdpRelay relay = start(relay());
        send(client, relay.address(), "");
        assertThat(receive(server).getLength()).isZero();
        String large = "x".repeat(60_000);
        send(client, relay.address(), large);
        assertThat(text(receive(server))).isEqualTo(large);
    }

    @Test
    void datagramsAreDelayedAndNeverEarly() throws IOException {
        UdpRelay relay =
                start(relay().profile(LinkProfile.builder("x").delayMillis(25).build()));
        List<Long> roundTrips = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            long sent = System.nanoTime();
            send(client, relay.address(), "ping");
            send(server, receive(server).getSocketAddress(), "pong");
            receive(client);
            roundTrips.add(System.nanoTime() - sent);
        }
        roundTrips.sort(null);
        assertThat(roundTrips.get(0)).isGreaterThanOrEqualTo(50_000_000L);
        assertThat(roundTrips.get(10)).isLessThan(250_000_000L);
        RelayCounters counters = relay.counters();
        assertThat(counters.upLateness().averageNanos()).isPositive().isLessThan(100_000_000);
        assertThat(counters.upLateness().maxNanos())
                .isGreaterThanOrEqualTo(counters.upLateness().averageNanos());
    }

    @Test
    void losesTheShareAskedForAndTheSameDatagramsForTheSameSeed() throws IOException {
        LinkProfile lossy = LinkProfile.builder("x").loss(0.2).build();
        List<String> first = survivors(lossy, 7);
        assertThat(first).hasSizeBetween(350, 450);
        assertThat(survivors(lossy, 7)).isEqualTo(first);
        assertThat(survivors(lossy, 8)).isNotEqualTo(first);
    }

    @Test
    void duplicatesAndCorruptsAsTheSimulatedNetworkDoes() throws IOException {
        UdpRelay relay = start(relay().profiles(
                        LinkProfile.builder("x").duplication(1).corruption(1).build(), LinkProfiles.PERFECT));
        send(client, relay.address(), "aaaa");
        String flipped = text(receive(server));
        assertThat(flipped).isNotEqualTo("aaaa");
        assertThat(text(receive(server))).isEqualTo("aaaa");
        RelayCounters counters = awaitCounters(relay, c -> c.up().datagramsForwarded() == 2);
        assertThat(counters.up().duplicated()).isEqualTo(1);
        assertThat(counters.up().corrupted()).isEqualTo(1);
    }

    @Test
    void cutTakesEffectAtOnceInItsDirection() throws IOException {
        UdpRelay relay = start(relay());
        send(client, relay.address(), "hello");
        DatagramPacket hello = receive(server);
        relay.cut(Direction.DOWN, 600_000);
        send(server, hello.getSocketAddress(), "lost");
        awaitCounters(relay, c -> c.down().cutDrops() == 1);
        send(client, relay.address(), "up still works");
        assertThat(text(receive(server))).isEqualTo("up still works");
        relay.cut(Direction.BOTH, 600_000);
        send(client, relay.address(), "lost too");
        awaitCounters(relay, c -> c.up().cutDrops() == 1);
        assertThatIllegalArgumentException().isThrownBy(() -> relay.cut(Direction.UP, -1));
    }

    @Test
    void plannedCutCountsFromTheStart() throws IOException {
        UdpRelay relay = start(relay().cuts(Cut.ofMillis(Direction.UP, 0, 600_000)));
        send(client, relay.address(), "lost");
        assertThat(awaitCounters(relay, c -> c.up().datagramsIn() == 1).up().cutDrops())
                .isEqualTo(1);
    }

    @Test
    void profileCanBeChangedWhileRunning() throws IOException {
        UdpRelay relay = start(relay().profile(DEAF));
        send(client, relay.address(), "lost");
        awaitCounters(relay, c -> c.up().datagramsLost() == 1);
        relay.profile(Direction.UP, LinkProfiles.PERFECT);
        send(client, relay.address(), "heard");
        DatagramPacket heard = receive(server);
        assertThat(text(heard)).isEqualTo("heard");
        send(server, heard.getSocketAddress(), "lost");
        awaitCounters(relay, c -> c.down().datagramsLost() == 1);
        relay.profile(Direction.BOTH, LinkProfiles.PERFECT);
        send(server, heard.getSocketAddress(), "answer");
        assertThat(text(receive(client))).isEqualTo("answer");
    }

    @Test
    void changedAddressIsWhatTheTargetSeesAndItsAnswersArrive() throws IOException {
        UdpRelay relay = start(relay());
        send(client, relay.address(), "one");
        DatagramPacket one = receive(server);
        relay.changeAddresses();
        send(client, relay.address(), "two");
        DatagramPacket two = receive(server);
        assertThat(two.getPort()).isNotEqualTo(one.getPort());
        send(server, one.getSocketAddress(), "to the old port");
        send(server, two.getSocketAddress(), "to the new port");
        assertThat(text(receive(client))).isEqualTo("to the new port");
        assertThat(relay.counters().addressChanges()).isEqualTo(1);
        assertThat(relay.counters().flowsTotal()).isEqualTo(1);
    }

    @Test
    void plannedAddressChangeHappensByItself() throws IOException {
        UdpRelay relay = start(relay().addressChanges(new AddressChange(50_000_000, false)));
        awaitCounters(relay, c -> c.addressChanges() == 1);
    }

    @Test
    void clientsBeyondTheLimitAreRefused() throws IOException {
        UdpRelay relay = start(relay().maxFlows(1));
        send(client, relay.address(), "first");
        receive(server);
        send(socket(InetAddress.getLoopbackAddress()), relay.address(), "second");
        awaitCounters(relay, c -> c.flowsRefused() == 1);
        send(client, relay.address(), "first again");
        assertThat(text(receive(server))).isEqualTo("first again");
    }

    @Test
    void idleClientIsForgottenAndMayComeBack() throws IOException {
        UdpRelay relay = start(relay().flowIdleMillis(1));
        send(client, relay.address(), "one");
        receive(server);
        awaitCounters(relay, c -> c.flows() == 0);
        send(client, relay.address(), "two");
        assertThat(text(receive(server))).isEqualTo("two");
        assertThat(relay.counters().flowsTotal()).isEqualTo(2);
    }

    @Test
    void datagramsOfAForgottenClientLeadNowhere() throws IOException {
        // Forgotten within some 0.1 s: the delay leaves a relay that is held up by the machine time to do it.
        UdpRelay relay = start(relay().flowIdleMillis(1)
                .profile(LinkProfile.builder("x").delayMillis(2_000).build()));
        send(client, relay.address(), "too slow");
        awaitCounters(relay, c -> c.unroutedDatagrams() == 1);
        assertThat(relay.counters().up().datagramsForwarded()).isZero();
    }

    @Test
    void bytesOnTheirWayAreBounded() throws IOException {
        UdpRelay relay = start(relay().maxBytesOnTheirWay(64 * 1024)
                .profile(LinkProfile.builder("x").delayMillis(60_000).build()));
        for (int i = 0; i < 100; i++) {
            send(client, relay.address(), "x".repeat(1000));
        }
        RelayCounters counters = awaitCounters(relay, c -> c.up().datagramsIn() == 100);
        assertThat(counters.overflowDrops()).isEqualTo(100 - 64 * 1024 / 1064);
    }

    @Test
    void targetThatIsAwayForAWhileIsReachedAgain() throws IOException {
        UdpRelay relay = start(relay());
        InetSocketAddress target = (InetSocketAddress) server.getLocalSocketAddress();
        server.close();
        for (int i = 0; i < 3; i++) {
            send(client, relay.address(), "anybody?");
        }
        awaitCounters(relay, c -> c.up().datagramsForwarded() == 3);
        server = new DatagramSocket(target);
        opened.add(server);
        server.setSoTimeout(20_000);
        send(client, relay.address(), "here again");
        assertThat(text(receive(server))).isEqualTo("here again");
        assertThat(relay.isRunning()).isTrue();
    }

    @Test
    void strangersDatagramsToTheRelaysOwnPortsAreIgnored() throws IOException {
        UdpRelay relay = start(relay());
        send(client, relay.address(), "one");
        DatagramPacket one = receive(server);
        DatagramSocket stranger = socket(InetAddress.getLoopbackAddress());
        send(stranger, new InetSocketAddress(InetAddress.getLoopbackAddress(), one.getPort()), "forged");
        send(server, one.getSocketAddress(), "true");
        assertThat(text(receive(client))).isEqualTo("true");
        assertThat(relay.counters().down().datagramsIn()).isEqualTo(1);
    }

    @Test
    void closingFreesThePortAndKeepsTheCounters() throws IOException {
        UdpRelay relay = start(relay());
        send(client, relay.address(), "one");
        receive(server);
        relay.close();
        relay.close();
        assertThat(relay.isRunning()).isFalse();
        assertThat(relay.counters().up().datagramsForwarded()).isEqualTo(1);
        assertThat(relay.counters().flows()).isZero();
        relay.changeAddresses();
        try (DatagramSocket again = new DatagramSocket(relay.address())) {
            assertThat(again.isBound()).isTrue();
        }
    }

    @Test
    void interruptedCloserStillClosesAndStaysInterrupted() throws IOException {
        UdpRelay relay = start(relay());
        Thread.currentThread().interrupt();
        relay.close();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(relay.isRunning()).isFalse();
    }

    @Test
    void addressInUseIsAnError() throws IOException {
        assertThatExceptionOfType(BindException.class)
                .isThrownBy(() -> relay().bind((InetSocketAddress) server.getLocalSocketAddress())
                        .start());
    }

    @Test
    void settingsOutOfRangeAreReportedAtOnce() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> relay().maxFlows(0)
                        .flowIdleMillis(0)
                        .maxBytesOnTheirWay(1)
                        .start())
                .withMessageContainingAll("maxFlows", "flowIdleMillis", "maxBytesOnTheirWay");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> UdpRelay.to(InetSocketAddress.createUnresolved("nowhere.invalid", 1)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> UdpRelay.to(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
    }

    @Test
    void carriesIpv6AndCrossesToIpv4() throws IOException {
        InetAddress loopback6 = InetAddress.getByName("::1");
        assumeTrue(hasIpv6(), "no IPv6 on this machine");
        UdpRelay crossing = start(relay().bind(new InetSocketAddress(loopback6, 0)));
        DatagramSocket client6 = socket(loopback6);
        send(client6, crossing.address(), "six to four");
        DatagramPacket got = receive(server);
        assertThat(text(got)).isEqualTo("six to four");
        send(server, got.getSocketAddress(), "four to six");
        assertThat(text(receive(client6))).isEqualTo("four to six");

        DatagramSocket server6 = socket(loopback6);
        UdpRelay six = start(UdpRelay.to((InetSocketAddress) server6.getLocalSocketAddress())
                .bind(new InetSocketAddress(loopback6, 0)));
        send(client6, six.address(), "six to six");
        assertThat(text(receive(server6))).isEqualTo("six to six");
    }

    @Test
    void idleRelayWithClientsBurnsNoCore() throws IOException {
        UdpRelay relay = start(relay());
        send(client, relay.address(), "one");
        receive(server);
        long thread = relayThread(relay);
        long before = ManagementFactory.getThreadMXBean().getThreadCpuTime(thread);
        server.setSoTimeout(500);
        assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> receive(server));
        long used = ManagementFactory.getThreadMXBean().getThreadCpuTime(thread) - before;
        assertThat(used).isLessThan(50_000_000);
    }

    @Test
    void steadyTrafficMakesHardlyAnyGarbage() throws IOException {
        UdpRelay relay =
                start(relay().profile(LinkProfile.builder("x").delayMillis(0.3).build()));
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        echo(relay, 500);
        long before = threads.getThreadAllocatedBytes(relayThread(relay));
        echo(relay, 500);
        long allocated = threads.getThreadAllocatedBytes(relayThread(relay)) - before;
        assertThat(allocated / 1000).isLessThan(200);
    }

    @Test
    void rateHoldsInRealTime() throws IOException {
        UdpRelay relay = start(relay().profiles(
                        LinkProfile.builder("x").rate(8_000_000, 1_000_000).build(), LinkProfiles.PERFECT));
        long start = System.nanoTime();
        for (int batch = 0; batch < 20; batch++) {
            for (int i = 0; i < 10; i++) {
                send(client, relay.address(), "x".repeat(972));
            }
            for (int i = 0; i < 10; i++) {
                receive(server);
            }
        }
        // 200 datagrams of 1,000 B with overhead, at 1,000 B a millisecond; the machine may make it longer
        assertThat((System.nanoTime() - start) / 1e6).isGreaterThanOrEqualTo(199.0);
    }

    private void echo(UdpRelay relay, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            send(client, relay.address(), "ping");
            send(server, receive(server).getSocketAddress(), "pong");
            receive(client);
        }
    }

    /** Which of 500 datagrams get through. */
    private List<String> survivors(LinkProfile profile, long seed) throws IOException {
        UdpRelay relay = start(relay().profiles(profile, LinkProfiles.PERFECT).seed(seed));
        List<String> survivors = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            String text = String.valueOf(i);
            send(client, relay.address(), text);
            long offered = i + 1L;
            RelayCounters counters = awaitCounters(
                    relay,
                    c -> c.up().datagramsIn() == offered
                            && c.up().datagramsLost() + c.up().datagramsForwarded() == offered);
            if (counters.up().datagramsForwarded() > survivors.size()) {
                survivors.add(text(receive(server)));
            }
        }
        relay.close();
        return survivors;
    }

    private UdpRelay.Builder relay() {
        return UdpRelay.to((InetSocketAddress) server.getLocalSocketAddress());
    }

    private UdpRelay start(UdpRelay.Builder builder) throws IOException {
        UdpRelay relay = builder.start();
        opened.add(relay);
        return relay;
    }

    private DatagramSocket socket(InetAddress address) throws IOException {
        DatagramSocket socket = new DatagramSocket(new InetSocketAddress(address, 0));
        socket.setSoTimeout(20_000);
        opened.add(socket);
        return socket;
    }

    private static RelayCounters awaitCounters(UdpRelay relay, Predicate<RelayCounters> condition) {
        return await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .until(relay::counters, condition);
    }

    private static long relayThread(UdpRelay relay) {
        String name = "udp-relay-" + relay.address().getPort();
        return Arrays.stream(ManagementFactory.getThreadMXBean().dumpAllThreads(false, false))
                .filter(thread -> thread.getThreadName().equals(name))
                .findFirst()
                .orElseThrow()
                .getThreadId();
    }

    private static boolean hasIpv6() throws IOException {
        return NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .anyMatch(address -> address instanceof Inet6Address && address.isLoopbackAddress());
    }

    private static void send(DatagramSocket from, SocketAddress to, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        from.send(new DatagramPacket(bytes, bytes.length, to));
    }

    private static DatagramPacket receive(DatagramSocket socket) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[65_536], 65_536);
        socket.receive(packet);
        return packet;
    }

    private static String text(DatagramPacket packet) {
        return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.ISO_8859_1);
    }
}
