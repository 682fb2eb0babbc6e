// SPDX-License-Identifier: Apache-2.0
package io.hongyan.testkit;

import io.hongyan.core.transport.Bound;
import io.hongyan.core.transport.Transport;
import io.hongyan.core.transport.TransportContext;
import io.hongyan.protocol.Confined;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.rudp.RudpConfig;
import io.hongyan.protocol.rudp.RudpEndpoint;
import io.hongyan.protocol.rudp.RudpTickets;
import io.hongyan.protocol.rudp.RudpTracer;
import io.hongyan.protocol.rudp.ServerSecret;
import io.hongyan.simnet.RandomStream;
import io.hongyan.simnet.SimAddress;
import io.hongyan.simnet.SimNode;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The reliable-UDP engine over the world's datagrams as a node's transport: {@code "udp"}. Each loop has an endpoint; a
 * datagram goes to the loop that its connection id names, a handshake to the one that its address names.
 */
@Confined("world")
final class DatagramTransport implements Transport {
    private final Machine machine;
    private final InetSocketAddress address;
    private final String name;
    private final ServerSecret secret;
    private final RandomStream random;
    private final List<DatagramDriver> drivers = new ArrayList<>();
    private @Nullable SimNode socket;
    private @Nullable CompletableFuture<Void> closing;

    /** @param name unique in the world */
    DatagramTransport(Machine machine, InetSocketAddress address, String name, ServerSecret secret) {
        this.machine = machine;
        this.address = address;
        this.name = name;
        this.secret = secret;
        this.random = RandomStream.of(machine.world().seed(), "engine of " + name);
    }

    @Override
    public String name() {
        return "udp";
    }

    @Override
    public CompletionStage<List<Bound>> start(TransportContext node) {
        RudpConfig config = RudpConfig.builder()
                .maxMessageBytes(node.maxFrameBytes())
                .idleTimeoutMillis(node.idleTimeoutMillis())
                .build();
        SimNode bound = machine.world().network().attach(name, SimAddress.of(address), this::arrive);
        socket = bound;
        for (MachineLoop loop : machine.loops()) {
            RudpEndpoint endpoint = RudpEndpoint.server(config, secret, loop.index(), random, RudpTracer.NONE);
            drivers.add(new DatagramDriver(
                    loop, endpoint, bound::send, node.maxFrameBytes(), new RudpTickets(), node.acceptor()));
        }
        machine.world().appeared(bound);
        return CompletableFuture.completedStage(List.of(new Bound(name(), address)));
    }

    @Override
    public void stopAccepting() {
        drivers.forEach(driver -> driver.owner().execute(driver::stopAccepting));
    }

    @Override
    public CompletionStage<Void> close() {
        CompletableFuture<Void> before = closing;
        if (before != null) {
            return before;
        }
        List<CompletableFuture<Void>> closes = new ArrayList<>();
        for (DatagramDriver driver : drivers) {
            CompletableFuture<Void> closed = new CompletableFuture<>();
            closes.add(closed);
            driver.owner()
                    .execute(() ->
                            driver.close(ReasonCode.SERVER_STOPPING, "the server stops", () -> closed.complete(null)));
        }
        CompletableFuture<Void> all = CompletableFuture.allOf(closes.toArray(new CompletableFuture<?>[0]))
                .thenRun(this::vanish);
        closing = all;
        return all;
    }

    /** The socket is gone, with the process or after its close. */
    void vanish() {
        SimNode bound = socket;
        if (bound != null && bound.isAttached()) {
            bound.detach();
            machine.world().disappeared(bound);
        }
    }

    private void arrive(SimAddress from, SimAddress to, ByteBuffer datagram) {
        if (!datagram.hasRemaining()) {
            return;
        }
        int loop = RudpEndpoint.loopOf(datagram);
        int home = loop >= 0 && loop < drivers.size()
                ? loop
                : Math.floorMod(Long.hashCode(from.low()) * 31 + from.port(), drivers.size());
        DatagramDriver driver = drivers.get(home);
        driver.owner().execute(() -> driver.input(from, datagram));
    }
}
