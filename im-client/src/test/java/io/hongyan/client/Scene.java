// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.CounterRanges;
import io.hongyan.protocol.packet.Delivered;
import io.hongyan.protocol.packet.LoginResult;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.MessageId;
import io.hongyan.protocol.packet.Packet;
import io.hongyan.protocol.packet.Payload;
import io.hongyan.protocol.packet.SendResult;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

/** One client in virtual time, with a test as its server and its workers. */
final class Scene {

    static final long BOB = 0xB0B;

    private static final String TCP = "tcp://127.0.0.1:1";

    final TestLoop loop = new TestLoop();
    final TestNetwork network = new TestNetwork(loop);
    final ArrayDeque<Runnable> work = new ArrayDeque<>();
    final ClientRuntime runtime = new ClientRuntime(network, loop::nanoTime, 7, work::add, loop);
    final List<String> shown = new ArrayList<>();
    final List<String> events = new ArrayList<>();
    final List<String> receipts = new ArrayList<>();
    final ImClient client;
    CompletableFuture<ImClient> connected = new CompletableFuture<>();
    int maxFrameBytes = 64 << 10;
    int maxMessageBytes = 4 << 20;
    int keepAliveSeconds = 60;
    int capabilities;
    /** 0: the server keeps no sessions. */
    long secret;

    long serverInstance = 5;

    private Scene(String server, boolean lanes, UnaryOperator<ImClient.Builder> options) {
        this(lanes, options, server);
        connect();
    }

    private Scene(boolean lanes, UnaryOperator<ImClient.Builder> options, String... servers) {
        ImClient.Builder builder = ImClient.builder()
                .server(servers)
                .user("alice")
                .token("secret")
                .runtime(runtime)
                .onMessage(message -> shown.add(message.from() + ": " + message.text()))
                .connectionListener(new ConnectionListener() {
                    @Override
                    public void connected(ServerAddress server) {
                        events.add("connected " + server.port());
                    }

                    @Override
                    public void leaving(ReasonCode reason, long withinMillis) {
                        events.add("leaving " + reason);
                    }

                    @Override
                    public void disconnected(ReasonCode reason, long retryMillis) {
                        events.add("disconnected " + reason);
                    }

                    @Override
                    public void reconnecting(ServerAddress server) {
                        events.add("reconnecting " + server.port());
                    }

                    @Override
                    public void closed(ReasonCode reason) {
                        events.add("closed " + reason);
                    }
                })
                .receiptListener(new ReceiptListener() {
                    @Override
                    public void reached(ReceiptLevel level, long firstCounter, long lastCounter) {
                        receipts.add(level + " " + firstCounter + "-" + lastCounter);
                    }

                    @Override
                    public void failed(ReasonCode code, long firstCounter, long lastCounter) {
                        receipts.add(code + " " + firstCounter + "-" + lastCounter);
                    }
                });
        client = options.apply(lanes ? builder : builder.sameThread()).build();
    }

    /** A client with these servers, whose connect has not begun. */
    static Scene racing(String... servers) {
        return new Scene(false, options -> options, servers);
    }

    /** A client whose connect has begun. */
    static Scene connecting(UnaryOperator<ImClient.Builder> options) {
        return new Scene(TCP, false, options);
    }

    /** A client that is logged in. */
    static Scene online(UnaryOperator<ImClient.Builder> options) {
        return loggedIn(new Scene(TCP, false, options));
    }

    /** A client that is logged in over UDP. */
    static Scene onUdp() {
        return loggedIn(new Scene("udp://127.0.0.1:1", false, options -> options));
    }

    /** A client that is logged in, whose lanes run when {@link #work} does. */
    static Scene onLanes(UnaryOperator<ImClient.Builder> options) {
        Scene scene = loggedIn(new Scene(TCP, true, options));
        scene.work();
        return scene;
    }

    /** As {@link #onLanes}, of a server that keeps sessions. */
    static Scene onLanes(long secret) {
        Scene scene = new Scene(TCP, true, options -> options);
        scene.secret = secret;
        loggedIn(scene).work();
        return scene;
    }

    static Scene online() {
        return online(options -> options);
    }

    private static Scene loggedIn(Scene scene) {
        scene.login();
        return scene;
    }

    /** The connection of the moment. */
    TestConnection link() {
        return network.last();
    }

    void connect() {
        connected = client.connect();
        loop.run();
    }

    /** The server lets the client in. */
    void login() {
        login(link());
    }

    void login(TestConnection connection) {
        connection.receive(accepted());
    }

    LoginResult accepted() {
        return new LoginResult(
                ReasonCode.OK,
                "",
                0,
                1,
                0,
                secret,
                keepAliveSeconds,
                maxFrameBytes,
                maxMessageBytes,
                0,
                serverInstance,
                capabilities);
    }

    void advance(Duration time) {
        loop.advance(time);
    }

    /** The link breaks, and the client comes back: up to its login. */
    void comeBack() {
        int before = network.connections.size();
        link().lose();
        while (network.connections.size() == before) {
            advance(Duration.ofMillis(50));
        }
    }

    /** Runs what the lanes have, and what comes of it. */
    void work() {
        while (!work.isEmpty()) {
            work.remove().run();
            loop.run();
        }
    }

    void post(int count) {
        for (int i = 0; i < count; i++) {
            client.post(Address.user("bob"), Payload.text("m"), SendOptions.text());
        }
        loop.run();
    }

    void accept(long first, long last) {
        link().receive(new SendResult(client.instance(), ReasonCode.OK, CounterRanges.of(first, last)));
    }

    void refuse(ReasonCode code, long first, long last) {
        refuse(code, CounterRanges.of(first, last));
    }

    void refuse(ReasonCode code, CounterRanges counters) {
        link().receive(new SendResult(client.instance(), code, counters));
    }

    void deliver(long first, long last) {
        link().receive(new Delivered(client.instance(), CounterRanges.of(first, last)));
    }

    /** A message from bob. */
    static Message fromBob(long counter) {
        return fromBob(counter, Lane.CHAT);
    }

    static Message fromBob(long counter, Lane lane) {
        return Message.text(new MessageId(BOB, counter), Address.user("alice"), "m" + counter)
                .withLane(lane)
                .withServerFields(Address.user("bob"), null, 0, 1);
    }

    static Packet[] fromBob(long first, long last) {
        List<Packet> messages = new ArrayList<>();
        for (long counter = first; counter <= last; counter++) {
            messages.add(fromBob(counter));
        }
        return messages.toArray(Packet[]::new);
    }
}
