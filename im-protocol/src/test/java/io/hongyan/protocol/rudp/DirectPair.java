// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import io.hongyan.simnet.RandomStream;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** A client and a server endpoint joined by a wire without length, allocating nothing; time moves by hand. */
final class DirectPair {
    final RudpEndpoint server;
    final RudpEndpoint client;
    final PeerAddress serverAddress = new PeerAddress();
    final PeerAddress clientAddress = new PeerAddress();
    Consumer<RudpEvent> onServer = event -> {};
    Consumer<RudpEvent> onClient = event -> {};
    long now = 1_000_000_000L;
    long datagrams;
    /** Every so many datagrams are lost; 0 = none. */
    int loseEvery;

    private final RudpEvent event = new RudpEvent();
    private final PeerAddress to = new PeerAddress();
    private final ByteBuffer[] wire = new ByteBuffer[256];
    private int onWire;

    DirectPair(RudpConfig serverConfig, RudpConfig clientConfig) {
        RandomStream random = RandomStream.of(42, "pair");
        server = RudpEndpoint.server(serverConfig, ServerSecret.random(random), 0, random, RudpTracer.NONE);
        client = RudpEndpoint.client(clientConfig, random, RudpTracer.NONE);
        serverAddress.setIpv4(0x0a000001, 7901);
        clientAddress.setIpv4(0x0a000002, 5000);
        for (int i = 0; i < wire.length; i++) {
            wire[i] = ByteBuffer.allocateDirect(RudpConfig.LONGEST_DATAGRAM_BYTES);
        }
    }

    /** Carries datagrams to and fro until both are silent. */
    void exchange() {
        boolean any = true;
        while (any) {
            any = carry(client, server, clientAddress, onServer, onClient);
            any |= carry(server, client, serverAddress, onClient, onServer);
        }
    }

    private boolean carry(
            RudpEndpoint from,
            RudpEndpoint to,
            PeerAddress source,
            Consumer<RudpEvent> onTarget,
            Consumer<RudpEvent> onSource) {
        onWire = 0;
        while (onWire < wire.length && from.pollDatagram(now, wire[onWire].clear(), this.to)) {
            wire[onWire++].flip();
        }
        events(from, onSource);
        for (int i = 0; i < onWire; i++) {
            datagrams++;
            if (loseEvery > 0 && datagrams % loseEvery == 0) {
                continue;
            }
            to.input(now, wire[i], source);
            events(to, onTarget);
        }
        return onWire > 0;
    }

    private void events(RudpEndpoint endpoint, Consumer<RudpEvent> listener) {
        while (endpoint.pollEvent(event)) {
            listener.accept(event);
        }
    }

    /** Lets time pass, with all deadlines in it. */
    void pass(long nanos) {
        long until = now + nanos;
        while (true) {
            long next = Math.min(client.nextDeadlineNanos(), server.nextDeadlineNanos());
            if (next > until) {
                break;
            }
            now = Math.max(now, next);
            client.onDeadline(now);
            server.onDeadline(now);
            exchange();
        }
        now = until;
    }
}
