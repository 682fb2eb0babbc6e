// SPDX-License-Identifier: Apache-2.0
package io.hongyan.testkit;

import io.hongyan.client.ImClient;
import io.hongyan.core.ImNode;
import io.hongyan.protocol.Confined;
import io.hongyan.protocol.rudp.ServerSecret;
import io.hongyan.simnet.RandomStream;
import io.hongyan.simnet.SimAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

/**
 * A real node in a {@link TestWorld}, reached over streams ({@link Carrier#TCP}) and datagrams ({@link Carrier#UDP}). It
 * can be killed and started again, and stalled.
 *
 * <p>Confined to the thread that runs the world.
 */
@Confined("world")
public final class TestServer {
    private static final int PORT = 7901;
    private static final int LOOPS = 2;

    private final TestWorld world;
    private final String name;
    private final InetSocketAddress address;
    private final UnaryOperator<ImNode.Builder> parts;
    private final ServerSecret secret;
    private Machine machine;
    private DatagramTransport datagrams;
    private ImNode node;
    private int starts;

    TestServer(TestWorld world, int number, UnaryOperator<ImNode.Builder> parts) {
        this.world = world;
        this.name = "server-" + number;
        this.address = SimAddress.ipv4("10.0.0." + number, PORT).toSocketAddress();
        this.parts = parts;
        this.secret = ServerSecret.random(RandomStream.of(world.seed(), "secret of " + name));
        this.machine = new Machine(world, LOOPS);
        this.datagrams = newDatagrams();
        this.node = newNode();
        node.start();
    }

    /** A client of this server over TCP, on the device {@code phone}; it begins to connect when time runs. */
    public TestClient client(String user) {
        return client(user, Carrier.TCP);
    }

    /** As {@link #client(String)}, over this carrier. */
    public TestClient client(String user, Carrier carrier) {
        return client(user, carrier, options -> options);
    }

    /**
     * As {@link #client(String)}, over this carrier and with options of its own.
     *
     * @param options gives the client its token, device, windows, time-outs; the listeners for messages and for the
     *     connection are the kit's
     */
    public TestClient client(String user, Carrier carrier, UnaryOperator<ImClient.Builder> options) {
        return new TestClient(world, user, url(carrier), options);
    }

    /** A client that says what the test says, over this carrier; it connects when time runs. */
    public ScriptedClient scripted(Carrier carrier) {
        return new ScriptedClient(world, carrier == Carrier.TCP ? "tcp" : "udp", address);
    }

    /** The node of the moment: send, kick, ask who is here. */
    public ImNode node() {
        return node;
    }

    /** Where it listens, as a client is told: {@code tcp://10.0.0.1:7901}. */
    public String url(Carrier carrier) {
        return carrier.name().toLowerCase(Locale.ROOT) + "://"
                + address.getAddress().getHostAddress() + ":" + address.getPort();
    }

    /** The process dies without a word, and with it all that was only in memory; streams are reset by its system. */
    public void kill() {
        datagrams.vanish();
        machine.kill();
    }

    /** Starts a new process in the place of one that was killed or has stopped, with parts made anew. */
    public void restart() {
        if (isUp()) {
            throw new IllegalStateException("kill or stop it first");
        }
        machine = new Machine(world, LOOPS);
        datagrams = newDatagrams();
        node = newNode();
        node.start();
    }

    /** Stops in good order; the stage completes as time runs. */
    public CompletableFuture<Void> stop(Duration drain) {
        Machine stopping = machine;
        return node.stop(drain).toCompletableFuture().thenRun(stopping::kill);
    }

    /** Nothing runs in the process for so long, and then goes on: a long pause of the collector. */
    public void stall(Duration time) {
        machine.stall(time.toNanos());
    }

    /** Whether its process is there. */
    public boolean isUp() {
        return machine.isAlive();
    }

    @Override
    public String toString() {
        return name + " " + address;
    }

    private DatagramTransport newDatagrams() {
        return new DatagramTransport(machine, address, name + "#" + ++starts, secret);
    }

    private ImNode newNode() {
        return parts.apply(ImNode.builder()
                        .listen(new StreamTransport(machine, address))
                        .listen(datagrams)
                        .clock(world.nanoClock())
                        .wallClock(world.wallClock())
                        .housekeeper(machine.housekeeper())
                        .executor(machine.workers())
                        .random(RandomStream.of(world.seed(), "node " + name + "#" + starts)))
                .build();
    }
}
