// SPDX-License-Identifier: Apache-2.0
package io.hongyan.transport.netty;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hongyan.contracts.RecordingHandler;
import io.hongyan.contracts.TransportContract;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.connection.Connection;
import io.hongyan.protocol.connection.ConnectionHandler;
import io.hongyan.protocol.frame.Preface;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageEncoder;
import io.netty.handler.codec.haproxy.HAProxyProtocolVersion;
import io.netty.handler.codec.haproxy.HAProxyProxiedProtocol;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Who gets past the entrance of a TCP listener, and under which address. One subclass per kind of event loop. */
@ExtendWith(LooksOften.class)
@Timeout(120)
abstract class EntranceContract {
    private static final Networks LOOPBACK = Networks.of("127.0.0.0/8", "::1");

    @TempDir
    @Nullable
    Path directory;

    private final CountedEvents events = new CountedEvents();
    private final CountingGate gate = new CountingGate();
    private final List<RecordingHandler> accepted = new CopyOnWriteArrayList<>();
    private final List<Socket> sockets = new ArrayList<>();
    private IoLoops loops;
    private TcpListener listener;

    abstract IoChoice io();

    @BeforeEach
    void start() {
        loops = IoLoops.builder().threads(2).io(io()).name("test-io").build();
    }

    @AfterEach
    void stop() throws Exception {
        for (Socket socket : sockets) {
            socket.close();
        }
        loops.close();
        assertThat(gate.inside).as("those who entered have left").hasValue(0);
    }

    @Test
    void theAddressBehindAProxyIsTheOneThatCounts() throws Exception {
        listen(null, LOOPBACK, StreamOptions.defaults());
        say(proxy1("TCP4 203.0.113.9 192.0.2.1 40000 7901"), Preface.request());
        await().until(() -> accepted.size() == 1);
        say(proxy2(HAProxyProxiedProtocol.TCP6, "2001:db8::9", "2001:db8::1"), Preface.request());
        await().until(() -> accepted.size() == 2);
        assertThat(accepted.get(0).connection.remoteAddress()).isEqualTo(new InetSocketAddress("203.0.113.9", 40_000));
        assertThat(accepted.get(1).connection.remoteAddress()).isEqualTo(new InetSocketAddress("2001:db8::9", 40_000));
        assertThat(gate.entered)
                .containsExactly(InetAddress.getByName("203.0.113.9"), InetAddress.getByName("2001:db8::9"));
    }

    @Test
    void aHeaderThatNamesNobodyKeepsTheAddressOfTheSocket() throws Exception {
        listen(null, LOOPBACK, StreamOptions.defaults());
        say(proxy1("UNKNOWN"), Preface.request());
        HAProxyMessage local = new HAProxyMessage(
                HAProxyProtocolVersion.V2, HAProxyCommand.LOCAL, HAProxyProxiedProtocol.UNKNOWN, null, null, 0, 0);
        say(encoded(local), Preface.request());
        await().until(() -> accepted.size() == 2);
        assertThat(accepted)
                .allSatisfy(each -> assertThat(
                                each.connection.remoteAddress().getAddress().isLoopbackAddress())
                        .isTrue());
        assertThat(gate.entered).isEmpty();
    }

    @Test
    void aHeaderCutIntoSingleBytesIsRead() throws Exception {
        listen(null, LOOPBACK, StreamOptions.defaults());
        Socket socket = link();
        for (byte one : TcpContract.concat(
                proxy2(HAProxyProxiedProtocol.TCP4, "203.0.113.9", "192.0.2.1"), Preface.request())) {
            socket.getOutputStream().write(one);
            socket.getOutputStream().flush();
        }
        await().until(() -> accepted.size() == 1);
        assertThat(accepted.get(0).connection.remoteAddress().getHostString()).isEqualTo("203.0.113.9");
    }

    @Test
    void aHeaderFromAnybodyElseEndsTheLink() throws Exception {
        listen(null, Networks.of("10.0.0.0/8"), StreamOptions.defaults());
        Socket forged = say(proxy1("TCP4 203.0.113.9 192.0.2.1 40000 7901"), Preface.request());
        assertClosed(forged);
        assertThat(accepted).isEmpty();
        await().until(() -> !events.refused.isEmpty());
        assertThat(events.refused).containsExactly(ReasonCode.PROTOCOL_VIOLATION);
        say(Preface.request());
        await().until(() -> accepted.size() == 1);
    }

    @Test
    void aTrustedProxyThatSendsNoHeaderIsNotBelieved() throws Exception {
        listen(null, LOOPBACK, StreamOptions.defaults());
        assertClosed(say(Preface.request()));
        assertThat(accepted).isEmpty();
        await().until(() -> !events.refused.isEmpty());
        assertThat(events.refused).containsExactly(ReasonCode.PROTOCOL_VIOLATION);
    }

    @Test
    void aMalformedHeaderEndsTheLink() throws Exception {
        listen(null, LOOPBACK, StreamOptions.defaults());
        List<byte[]> malformed = List.of(
                proxy1("TCP4 203.0.113.9 192.0.2.1 40000"),
                proxy1("TCP4 999.0.113.9 192.0.2.1 40000 7901"),
                proxy1("TCP4 " + "x".repeat(200)),
                ("\r\n\r\n\0\r\nQUIT\n\u0099\u0011\0\u000c" + "x".repeat(12)).getBytes(ISO_8859_1),
                "\r\n\r\nabcdefgh12345\r\n".getBytes(ISO_8859_1));
        for (byte[] header : malformed) {
            assertClosed(say(header, Preface.request()));
        }
        assertThat(accepted).isEmpty();
        await().until(() -> events.refused.size() == malformed.size());
        assertThat(events.refused).containsOnly(ReasonCode.PROTOCOL_VIOLATION);
    }

    @Test
    void aSecondHeaderEndsTheLink() throws Exception {
        listen(null, LOOPBACK, StreamOptions.defaults());
        assertClosed(say(
                proxy1("TCP4 203.0.113.9 192.0.2.1 40000 7901"),
                proxy1("TCP4 203.0.113.10 192.0.2.1 40000 7901"),
                Preface.request()));
        assertThat(accepted).isEmpty();
    }

    @Test
    void tlsStandsBehindTheHeader() throws Exception {
        TestCertificates certificates = new TestCertificates(Objects.requireNonNull(directory));
        listen(ServerTls.load(certificates.server("server")), LOOPBACK, StreamOptions.defaults());
        Socket bare = say(proxy1("TCP4 203.0.113.9 192.0.2.1 40000 7901"));
        SSLSocket link = over(bare, certificates);
        link.getOutputStream().write(Preface.request());
        assertThat(link.getInputStream().readNBytes(Preface.BYTES)).isEqualTo(Preface.answer(1));
        await().until(() -> accepted.size() == 1);
        assertThat(accepted.get(0).connection.remoteAddress().getHostString()).isEqualTo("203.0.113.9");
        assertThat(accepted.get(0).connection.transport()).isEqualTo("tls");
    }

    @Test
    void whoIsNotWelcomeIsClosedUnheard() throws Exception {
        gate.unwelcome = InetAddress.getLoopbackAddress();
        listen(null, Networks.NONE, StreamOptions.defaults());
        assertClosed(link());
        await().until(() -> !events.refused.isEmpty());
        assertThat(events.refused).containsExactly(ReasonCode.NOT_PERMITTED);
        assertThat(gate.entered).isEmpty();
    }

    @Test
    void whoIsNotWelcomeBehindAProxyIsClosedToo() throws Exception {
        gate.unwelcome = InetAddress.getByName("203.0.113.9");
        listen(null, LOOPBACK, StreamOptions.defaults());
        assertClosed(say(proxy1("TCP4 203.0.113.9 192.0.2.1 40000 7901"), Preface.request()));
        assertThat(accepted).isEmpty();
        say(proxy1("TCP4 203.0.113.10 192.0.2.1 40000 7901"), Preface.request());
        await().until(() -> accepted.size() == 1);
    }

    @Test
    void whoIsOneTooManyIsClosedAndMayComeWhenAnotherHasLeft() throws Exception {
        gate.most = 2;
        listen(null, Networks.NONE, StreamOptions.defaults());
        Socket first = say(Preface.request());
        say(Preface.request());
        await().until(() -> accepted.size() == 2);
        assertClosed(link());
        await().until(() -> !events.refused.isEmpty());
        assertThat(events.refused).containsExactly(ReasonCode.TOO_MANY_CONNECTIONS);
        first.close();
        await().until(() -> gate.inside.get() == 1);
        say(Preface.request());
        await().until(() -> accepted.size() == 3);
    }

    @Test
    void whoSaysNothingIsClosedSoonAndWhoHasBegunHasMoreTime() throws Exception {
        listen(
                null,
                Networks.NONE,
                StreamOptions.builder()
                        .firstBytesTimeoutMillis(100)
                        .prefaceTimeoutMillis(60_000)
                        .build());
        Socket begun = say(new byte[] {'H', 'Y', 'I', 'M'});
        await().until(() -> gate.inside.get() == 1);
        assertClosed(link());
        await().until(() -> !events.refused.isEmpty());
        assertThat(events.refused).containsExactly(ReasonCode.HANDSHAKE_TIMEOUT);
        begun.getOutputStream().write(new byte[] {1, 0, 0, 0});
        await().until(() -> accepted.size() == 1);
    }

    @Test
    void ofTooManyTheSilentGoBeforeThoseThatHaveBegun() throws Exception {
        loops.close();
        loops = IoLoops.builder().threads(1).io(io()).name("test-io").build();
        listen(null, Networks.NONE, StreamOptions.builder().maxSilentLinks(2).build());
        Socket begun = say(new byte[] {'H', 'Y', 'I', 'M'});
        // What came before is read in the same round of the loop, or before.
        say(Preface.request());
        await().until(() -> accepted.size() == 1);
        Socket silent = link();
        link();
        assertClosed(silent);
        begun.getOutputStream().write(new byte[] {1, 0, 0, 0});
        await().until(() -> accepted.size() == 2);
    }

    /** The flood of the silent: each is gone in time, and what they take is bounded. */
    @Test
    void manySilentLinksAreBoundedAndGo() throws Exception {
        int most = 50;
        listen(
                null,
                Networks.NONE,
                StreamOptions.builder()
                        .maxSilentLinks(most)
                        .firstBytesTimeoutMillis(3_000)
                        .build());
        for (int i = 0; i < 1_000; i++) {
            link();
        }
        await().until(() -> events.refused.size() >= 1_000 - 2 * most);
        assertThat(gate.inside.get()).isLessThanOrEqualTo(2 * most);
        say(Preface.request());
        await().until(() -> accepted.size() == 1);
        await().until(() -> gate.inside.get() == 1);
    }

    @Test
    void acceptingRestsWhileDescriptorsAreShortAndGoesOnByItself() throws Exception {
        AtomicInteger others = new AtomicInteger();
        int limit = io() == IoChoice.EPOLL ? Sockets.nextDescriptor() + 64 : 100;
        loops.close();
        loops = IoLoops.builder().threads(1).io(io()).name("test-io").build();
        others.set(io() == IoChoice.EPOLL ? 0 : 99);
        Descriptors descriptors = new Descriptors(io(), limit, others::get);
        List<Socket> held = new ArrayList<>();
        if (io() == IoChoice.EPOLL) {
            while (Sockets.nextDescriptor() < limit) {
                held.add(new Socket());
                held.get(held.size() - 1).bind(TransportContract.anyPort());
            }
        }
        Entrance entrance = new Entrance(null, true, Networks.NONE, gate, events);
        listener = TcpListener.bind(
                loops, TransportContract.anyPort(), StreamOptions.defaults(), entrance, this::accept, descriptors);
        Socket early = say(Preface.request());
        await().until(() -> events.pauses.get() == 1);
        assertClosed(early);
        Socket waiting = say(Preface.request());
        assertThat(accepted).isEmpty();
        for (Socket socket : held) {
            socket.close();
        }
        others.set(0);
        assertThat(waiting.getInputStream().readNBytes(Preface.BYTES)).isEqualTo(Preface.answer(1));
        await().until(() -> accepted.size() == 1);
    }

    @Test
    void silentLinksMakeRoomWhileDescriptorsAreShort() throws Exception {
        // Each link takes two descriptors of this process with epoll; with NIO the links alone are counted here.
        long limit = io() == IoChoice.EPOLL ? Sockets.nextDescriptor() + 60 : 40;
        Entrance entrance = new Entrance(null, true, Networks.NONE, gate, events);
        listener = TcpListener.bind(
                loops,
                TransportContract.anyPort(),
                StreamOptions.defaults(),
                entrance,
                this::accept,
                new Descriptors(io(), limit, () -> gate.inside.get()));
        for (int i = 0; i < 60 && events.pauses.get() == 0; i++) {
            link();
        }
        await().until(() -> events.pauses.get() > 0);
        int before = gate.entered.size();
        await().until(() -> gate.inside.get() <= (before + 2) / 2 + 1);
    }

    private void listen(@Nullable ServerTls tls, Networks proxies, StreamOptions options) throws IOException {
        Entrance entrance = new Entrance(tls, false, proxies, gate, events);
        listener = TcpListener.bind(loops, TransportContract.anyPort(), options, entrance, this::accept);
    }

    private ConnectionHandler accept(Connection connection) {
        RecordingHandler handler = new RecordingHandler(connection);
        accepted.add(handler);
        return handler;
    }

    private Socket link() throws IOException {
        Socket socket = new Socket(
                listener.localAddress().getAddress(), listener.localAddress().getPort());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(20_000);
        sockets.add(socket);
        return socket;
    }

    private Socket say(byte[]... parts) throws IOException {
        Socket socket = link();
        socket.getOutputStream().write(TcpContract.concat(parts));
        socket.getOutputStream().flush();
        return socket;
    }

    private static void assertClosed(Socket socket) throws IOException {
        try {
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        } catch (SocketException reset) {
            assertThat(reset).hasMessageContaining("reset");
        }
    }

    private static byte[] proxy1(String rest) {
        return ("PROXY " + rest + "\r\n").getBytes(ISO_8859_1);
    }

    private static byte[] proxy2(HAProxyProxiedProtocol protocol, String from, String to) {
        return encoded(
                new HAProxyMessage(HAProxyProtocolVersion.V2, HAProxyCommand.PROXY, protocol, from, to, 40_000, 7_901));
    }

    private static byte[] encoded(HAProxyMessage message) {
        EmbeddedChannel channel = new EmbeddedChannel(HAProxyMessageEncoder.INSTANCE);
        channel.writeOutbound(message);
        ByteBuf all = Unpooled.buffer();
        for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
            all.writeBytes(part);
            part.release();
        }
        channel.finishAndReleaseAll();
        byte[] bytes = new byte[all.readableBytes()];
        all.readBytes(bytes).release();
        return bytes;
    }

    private static SSLSocket over(Socket bare, TestCertificates certificates) throws Exception {
        KeyStore trust = KeyStore.getInstance(KeyStore.getDefaultType());
        trust.load(null, null);
        trust.setCertificateEntry("ca", PemFile.read(certificates.ca()).certificates()[0]);
        TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(trust);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return (SSLSocket) context.getSocketFactory().createSocket(bare, "localhost", bare.getPort(), true);
    }

    /** Counts who is inside. */
    private static final class CountingGate implements ConnectionGate {
        final AtomicInteger inside = new AtomicInteger();
        final List<InetAddress> entered = new CopyOnWriteArrayList<>();
        volatile int most = Integer.MAX_VALUE;
        volatile @Nullable InetAddress unwelcome;

        @Override
        public boolean isWelcome(InetAddress peer) {
            return !peer.equals(unwelcome);
        }

        @Override
        public @Nullable ReasonCode enter(InetAddress peer) {
            if (inside.incrementAndGet() > most) {
                inside.decrementAndGet();
                return ReasonCode.TOO_MANY_CONNECTIONS;
            }
            entered.add(peer);
            return null;
        }

        @Override
        public void leave(InetAddress peer) {
            inside.decrementAndGet();
        }
    }
}
