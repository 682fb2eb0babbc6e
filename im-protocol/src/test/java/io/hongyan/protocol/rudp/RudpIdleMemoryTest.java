// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.protocol.Lane;
import io.hongyan.simnet.RandomStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a session costs a server's heap once it has logged in and says nothing more. */
@Tag("once")
class RudpIdleMemoryTest {
    private static final int SESSIONS = 20_000;
    private static final int MOST_BYTES = 600;
    private static final long MILLI = 1_000_000L;

    private final RandomStream random = RandomStream.of(7, "idle");
    private final PeerAddress serverAddress = new PeerAddress();
    private final PeerAddress clientAddress = new PeerAddress();
    private final RudpEvent event = new RudpEvent();
    private final ByteBuffer datagram = ByteBuffer.allocate(RudpConfig.LONGEST_DATAGRAM_BYTES);
    private final PeerAddress to = new PeerAddress();
    private final byte[] login = new byte[100];
    private long now;
    private long answered;

    @Test
    void aSessionAtRestIsSmall() {
        serverAddress.setIpv4(0x0a000001, 7901);
        clientAddress.setIpv4(0x0a000002, 5000);
        RudpEndpoint server =
                RudpEndpoint.server(RudpConfig.defaults(), ServerSecret.random(random), 0, random, RudpTracer.NONE);
        long before = liveBytes();
        connect(server);
        assertThat(answered).isEqualTo(SESSIONS);
        assertThat(server.connections()).isEqualTo(SESSIONS);
        assertThat(server.pool().inUse()).as("sessions not at rest").isZero();
        assertThat((liveBytes() - before) / SESSIONS).as("bytes a session").isBetween(100L, (long) MOST_BYTES);
        assertThat(server.connections()).isEqualTo(SESSIONS);
    }

    /** One after the other, each with a message to the server and one back; of the clients nothing is left. */
    private void connect(RudpEndpoint server) {
        RudpConfig many = RudpConfig.builder().clientIdBytes(4).build();
        RudpEndpoint client = RudpEndpoint.client(many, random, RudpTracer.NONE);
        for (int i = 0; i < SESSIONS; i++) {
            RudpConnection session = client.connect(now, serverAddress);
            session.send(now, Lane.CHAT, login);
            session.flush();
            boolean any = true;
            while (any) {
                any = carry(client, server, clientAddress, null);
                any |= carry(server, client, serverAddress, session);
                now += MILLI;
                server.onDeadline(now);
                client.onDeadline(now);
            }
        }
        now += 1_000 * MILLI;
        server.onDeadline(now);
    }

    private boolean carry(
            RudpEndpoint from, RudpEndpoint target, PeerAddress source, @Nullable RudpConnection session) {
        boolean any = false;
        while (from.pollDatagram(now, datagram.clear(), to)) {
            any = true;
            target.input(now, datagram.flip(), source);
            while (target.pollEvent(event)) {
                if (event.kind() == RudpEvent.FRAME) {
                    onFrame(event.connection(), session);
                }
            }
        }
        return any;
    }

    private void onFrame(RudpConnection receiver, @Nullable RudpConnection session) {
        if (receiver == session) {
            answered++;
        } else {
            receiver.send(now, Lane.CHAT, login);
            receiver.flush();
        }
    }

    private static long liveBytes() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
