// SPDX-License-Identifier: Apache-2.0
package io.hongyan.server.netty;

import static org.awaitility.Awaitility.await;

import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ProtocolException;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.connection.Connection;
import io.hongyan.protocol.connection.ConnectionHandler;
import io.hongyan.protocol.frame.Frame;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.ContentKind;
import io.hongyan.protocol.packet.Count;
import io.hongyan.protocol.packet.Delivered;
import io.hongyan.protocol.packet.DeviceId;
import io.hongyan.protocol.packet.Login;
import io.hongyan.protocol.packet.LoginResult;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.MessageId;
import io.hongyan.protocol.packet.Packet;
import io.hongyan.protocol.packet.Payload;
import io.hongyan.protocol.packet.UserId;
import io.hongyan.protocol.rudp.RudpConfig;
import io.hongyan.transport.netty.ClientTls;
import io.hongyan.transport.netty.IoLoops;
import io.hongyan.transport.netty.StreamOptions;
import io.hongyan.transport.netty.TcpConnector;
import io.hongyan.transport.netty.UdpConnector;
import io.hongyan.transport.netty.UdpOptions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The least that can log in, send, count and log what it was told. */
final class TestClient implements ConnectionHandler {
    private final long instance;
    private final Connection connection;
    final List<Packet> packets = new CopyOnWriteArrayList<>();
    volatile @Nullable ReasonCode closed;
    private long counter;
    private int counted;
    private boolean countChanged;

    private TestClient(Connection connection, long instance) {
        this.connection = connection;
        this.instance = instance;
    }

    static TestClient connect(IoLoops loops, String transport, int port) {
        return connect(loops, transport, port, null);
    }

    /** @param tls null = plain text */
    static TestClient connect(IoLoops loops, String transport, int port, @Nullable ClientTls tls) {
        TestClient[] client = new TestClient[1];
        connecting(loops, transport, port, tls, connection -> client[0] = new TestClient(connection, System.nanoTime()))
                .orTimeout(10, TimeUnit.SECONDS)
                .join();
        return client[0];
    }

    static CompletableFuture<Connection> connecting(
            IoLoops loops, String transport, int port, @Nullable ClientTls tls) {
        return connecting(loops, transport, port, tls, connection -> new TestClient(connection, System.nanoTime()));
    }

    private static CompletableFuture<Connection> connecting(
            IoLoops loops,
            String transport,
            int port,
            @Nullable ClientTls tls,
            Function<Connection, ConnectionHandler> handlers) {
        InetSocketAddress server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        return (transport.equals("udp")
                        ? new UdpConnector(loops, RudpConfig.defaults(), UdpOptions.defaults())
                                .connect(server, handlers)
                        : new TcpConnector(loops, StreamOptions.defaults())
                                .connect(loops.next(), server, tls, "127.0.0.1", handlers))
                .toCompletableFuture();
    }

    /** Logs in and waits for the answer. */
    LoginResult login(String user, String token) {
        send(new Login(new UserId(user), new DeviceId("test"), "junit", token, instance, 0));
        await().until(() -> closed != null || of(LoginResult.class).size() == 1);
        return of(LoginResult.class).get(0);
    }

    void say(String to, String text) {
        counter++;
        send(new Message(
                new MessageId(instance, counter),
                Address.user(to),
                null,
                null,
                0,
                0,
                0,
                ContentKind.TEXT,
                Lane.CHAT,
                0,
                Payload.text(text)));
    }

    void sayToServer(String text) {
        counter++;
        send(new Message(
                new MessageId(instance, counter),
                Address.server(),
                null,
                null,
                0,
                0,
                0,
                ContentKind.TEXT,
                Lane.CHAT,
                0,
                Payload.text(text)));
    }

    void send(Packet packet) {
        connection.owner().execute(() -> {
            connection.write(Lane.CHAT, connection.codec().encode(packet));
            connection.flush();
        });
    }

    void close() {
        connection.owner().execute(() -> connection.close(ReasonCode.CLOSED_LOCALLY, "the test is over"));
    }

    List<String> texts() {
        return of(Message.class).stream()
                .map(message -> message.payload().text())
                .toList();
    }

    long delivered() {
        return of(Delivered.class).stream()
                .mapToLong(delivered -> delivered.counters().counters())
                .sum();
    }

    <P extends Packet> List<P> of(Class<P> kind) {
        return packets.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    @Override
    public void onFrame(int type, ByteBuffer body, Lane lane) {
        if (Frame.isCounted(type)) {
            counted++;
            countChanged = true;
        }
        Packet packet = connection.codec().decode(type, body);
        if (packet != null) {
            packets.add(packet);
        }
    }

    @Override
    public void onReadComplete() {
        if (countChanged) {
            countChanged = false;
            connection.write(Lane.CHAT, connection.codec().encode(new Count(Lane.CHAT, counted)));
            connection.flush();
        }
    }

    @Override
    public void onWritable(Lane lane) {}

    @Override
    public void onViolation(ProtocolException violation) {}

    @Override
    public void onClosed(ReasonCode reason, boolean byPeer, String text) {
        closed = reason;
    }
}
