// SPDX-License-Identifier: Apache-2.0
package io.hongyan.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.contracts.TransportContract;
import io.hongyan.core.transport.Transport;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.connection.Connection;
import io.hongyan.protocol.connection.ConnectionAcceptor;
import io.hongyan.protocol.connection.ConnectionHandler;
import io.hongyan.simnet.SimAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** The contract of transports in virtual time. */
abstract class InMemoryContract extends TransportContract {
    final TestWorld world = TestWorld.create();
    private final Machine client = new Machine(world, 2);
    private final TestLink link = world.newLink("client");
    private final HostNetwork network = new HostNetwork(client, link, "client");
    private final Machine server = new Machine(world, 2);
    private int listeners;

    abstract Transport transport(Machine machine, InetSocketAddress address, String name);

    abstract String carrier();

    @Override
    protected InetSocketAddress address() {
        return SimAddress.ipv4("10.0.0.1", 7901).toSocketAddress();
    }

    @Override
    protected Listening listen(InetSocketAddress address, ConnectionAcceptor acceptor) {
        return listening(transport(server, address, "server#" + ++listeners), acceptor);
    }

    @Override
    protected CompletionStage<Connection> connect(
            InetSocketAddress address, Function<Connection, ConnectionHandler> handlers) {
        return network.connect(client.nextLoop(), carrier(), address, handlers);
    }

    @Override
    protected void isSoon(Callable<Boolean> condition) {
        assertThat(world.runUntil(() -> holds(condition), Duration.ofMinutes(2)))
                .as("what is waited for")
                .isTrue();
    }

    @Override
    protected void stays(Duration time, Callable<Boolean> condition) {
        isSoon(condition);
        assertThat(world.runUntil(() -> !holds(condition), time))
                .as("ends to be so")
                .isFalse();
    }

    @Override
    protected void shut() {
        done(listening.close(ReasonCode.SERVER_STOPPING));
    }

    private static boolean holds(Callable<Boolean> condition) {
        try {
            return condition.call();
        } catch (Exception failure) {
            throw new AssertionError(failure);
        }
    }
}
