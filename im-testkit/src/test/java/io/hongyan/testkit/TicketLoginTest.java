// SPDX-License-Identifier: Apache-2.0
package io.hongyan.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ProtocolException;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.connection.Connection;
import io.hongyan.protocol.connection.ConnectionHandler;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.BinaryPacketCodec;
import io.hongyan.protocol.packet.DeviceId;
import io.hongyan.protocol.packet.Login;
import io.hongyan.protocol.packet.LoginResult;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.MessageId;
import io.hongyan.protocol.packet.Packet;
import io.hongyan.protocol.packet.UserId;
import io.hongyan.simnet.LinkProfile;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * How soon a client of reliable UDP is logged in, and heard: 25 ms one way, and what the machines of the world take until
 * they turn to a task, 20 us each time at most.
 */
final class TicketLoginTest {
    private static final int RESUME = 0xC5;
    private static final long MILLI = 1_000_000L;
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final LinkProfile AWAY =
            LinkProfile.builder("25 ms").delayMillis(25).keepOrder().build();

    private final TestWorld world = TestWorld.create();
    private final TestServer server = world.server(node -> node.allowAnyone());
    private final List<Long> firstDatagrams = new ArrayList<>();

    /** A process with a link of its own, which says what the test says. */
    private final class Phone {
        private final Machine machine = new Machine(world, 1);
        private final TestLink link = world.newLink("phone");
        private final HostNetwork network = new HostNetwork(machine, link, "phone");
        private long loggedInNanos;
        private Connection connection;

        Phone() {
            link.profile(AWAY);
        }

        /** Connects, and says all of this at once. */
        long say(Packet... packets) {
            loggedInNanos = 0;
            long begun = world.nowNanos();
            network.connect(machine.nextLoop(), "udp", address(), made -> {
                connection = made;
                made.owner().execute(() -> {
                    for (Packet packet : packets) {
                        made.write(Lane.CHAT, BinaryPacketCodec.V1.encode(packet));
                    }
                    made.flush();
                });
                return new Ears();
            });
            return begun;
        }

        private void hangUp() {
            connection.owner().execute(() -> connection.close(ReasonCode.CLOSED_LOCALLY, "the test is over"));
            world.run(Duration.ofSeconds(10));
        }

        private final class Ears implements ConnectionHandler {
            @Override
            public void onFrame(int type, ByteBuffer body, Lane lane) {
                if (BinaryPacketCodec.V1.decode(type, body) instanceof LoginResult result && result.isAccepted()) {
                    loggedInNanos = world.nowNanos();
                }
            }

            @Override
            public void onReadComplete() {}

            @Override
            public void onWritable(Lane lane) {}

            @Override
            public void onViolation(ProtocolException violation) {}

            @Override
            public void onClosed(ReasonCode reason, boolean byPeer, String text) {}
        }
    }

    private InetSocketAddress address() {
        String[] parts = server.url(Carrier.UDP).substring("udp://".length()).split(":");
        return new InetSocketAddress(parts[0], Integer.parseInt(parts[1]));
    }

    private static Login login() {
        return new Login(new UserId("alice"), new DeviceId("phone"), "test", "t", 1, 0);
    }

    @Test
    void aLoginIsAnsweredAfterOneRoundTripAndAMessageHeardAfterOneWay() {
        TestClient bob = server.client("bob");
        List<Long> heardNanos = new ArrayList<>();
        bob.onMessage(message -> heardNanos.add(world.nowNanos()));
        Phone phone = new Phone();

        long cold = phone.say(login(), Message.text(new MessageId(1, 1), Address.user("bob"), "cold"));
        world.run(SECOND);
        assertThat(phone.loggedInNanos - cold).isBetween(100 * MILLI, 101 * MILLI);
        assertThat(heardNanos.get(0) - cold).isBetween(75 * MILLI, 76 * MILLI);
        phone.hangUp();

        long warm = phone.say(login(), Message.text(new MessageId(1, 2), Address.user("bob"), "warm"));
        world.run(SECOND);
        assertThat(phone.loggedInNanos - warm).isBetween(50 * MILLI, 51 * MILLI);
        assertThat(heardNanos.get(1) - warm).isBetween(25 * MILLI, 26 * MILLI);
        assertThat(bob.texts()).containsExactly("cold", "warm");
    }

    /** The client of the library, when its network is there again. */
    @Test
    void aClientThatComesBackIsThereAfterOneRoundTrip() {
        TestClient alice = server.client("alice", Carrier.UDP);
        alice.link().profile(AWAY);
        world.run(SECOND);
        assertThat(alice.isOnline()).isTrue();
        alice.link().cut();
        assertThat(world.runUntil(() -> !alice.losses().isEmpty(), Duration.ofMinutes(5)))
                .isTrue();
        alice.link().restore();
        world.network().observe((nowNanos, from, to, datagram) -> {
            // Those of the connection before say good-bye still.
            if ((datagram.get(datagram.position()) & 0xDF) == RESUME) {
                firstDatagrams.add(nowNanos);
            }
        });
        assertThat(world.runUntil(() -> alice.logins() == 2, Duration.ofMinutes(1)))
                .isTrue();
        assertThat(world.nowNanos() - firstDatagrams.get(0)).isBetween(50 * MILLI, 51 * MILLI);
    }
}
