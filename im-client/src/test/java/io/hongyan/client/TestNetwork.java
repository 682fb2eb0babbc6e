// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import io.hongyan.protocol.connection.Connection;
import io.hongyan.protocol.connection.ConnectionHandler;
import io.hongyan.protocol.connection.Owner;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** A network in memory, over one loop with virtual time: connecting succeeds, fails or hangs as the test says. */
final class TestNetwork implements ClientNetwork {

    final TestLoop loop;
    /** All connections that came about, in order. */
    final List<TestConnection> connections = new ArrayList<>();
    /** All attempts, as transport and port. */
    final List<String> attempts = new ArrayList<>();
    /** When each attempt was made. */
    final List<Long> attemptNanos = new ArrayList<>();
    /** Ports where nobody listens. */
    final Set<Integer> down = new HashSet<>();
    /** Ports that do not answer. */
    final Set<Integer> silent = new HashSet<>();

    /** Ports that answer when the test says so. */
    final Set<Integer> slow = new HashSet<>();

    /** Hosts that do not answer. */
    final Set<InetAddress> silentHosts = new HashSet<>();
    /** What the name service knows. */
    final Map<String, InetAddress[]> names = new HashMap<>();

    private final Map<TestConnection, CompletableFuture<Connection>> unanswered = new HashMap<>();
    boolean closed;

    TestNetwork(TestLoop loop) {
        this.loop = loop;
    }

    /** The handshake of a slow one is over. */
    void answer(TestConnection connection) {
        CompletableFuture<Connection> result = java.util.Objects.requireNonNull(unanswered.remove(connection));
        loop.execute(() -> result.complete(connection));
        loop.run();
    }

    TestConnection last() {
        return connections.get(connections.size() - 1);
    }

    @Override
    public Owner nextOwner() {
        return loop;
    }

    @Override
    public InetAddress[] lookUp(String host) throws UnknownHostException {
        InetAddress[] known = names.get(host);
        return known == null ? ClientNetwork.super.lookUp(host) : known;
    }

    @Override
    public CompletionStage<Connection> connect(
            Owner owner, String transport, InetSocketAddress server, Function<Connection, ConnectionHandler> handlers) {
        attempts.add(transport + ":" + server.getPort());
        attemptNanos.add(loop.nanoTime());
        if (silent.contains(server.getPort()) || silentHosts.contains(server.getAddress())) {
            return new CompletableFuture<>();
        }
        if (down.contains(server.getPort())) {
            return CompletableFuture.failedFuture(new IOException("refused"));
        }
        TestConnection connection = new TestConnection(loop, server, transport);
        CompletableFuture<Connection> result = new CompletableFuture<>();
        loop.execute(() -> {
            connection.handler = handlers.apply(connection);
            connections.add(connection);
            if (slow.contains(server.getPort())) {
                unanswered.put(connection, result);
            } else {
                result.complete(connection);
            }
        });
        return result;
    }

    @Override
    public boolean inLoop() {
        return loop.inOwnerThread();
    }

    @Override
    public void close() {
        closed = true;
    }
}
