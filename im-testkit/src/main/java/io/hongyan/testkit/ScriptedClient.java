// SPDX-License-Identifier: Apache-2.0
package io.hongyan.testkit;

import io.hongyan.protocol.Confined;
import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ProtocolException;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.connection.Connection;
import io.hongyan.protocol.connection.ConnectionHandler;
import io.hongyan.protocol.frame.Frame;
import io.hongyan.protocol.packet.BinaryPacketCodec;
import io.hongyan.protocol.packet.DeviceId;
import io.hongyan.protocol.packet.Login;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.Packet;
import io.hongyan.protocol.packet.UserId;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A client that says what the test says, right or wrong, and does nothing by itself: it answers no ping, counts no frame,
 * never comes back. For what a listener or an authenticator does with peers that are no {@link TestClient}.
 *
 * <p>Confined to the thread that runs the world. What is sent before the connection is there leaves when it is.
 */
@Confined("world")
public final class ScriptedClient {
    private final Machine machine;
    private final TestLink link;
    private final List<Packet> heard = new ArrayList<>();
    private final List<Runnable> early = new ArrayList<>();
    private @Nullable Connection connection;
    private @Nullable ReasonCode closedWith;

    ScriptedClient(TestWorld world, String transport, InetSocketAddress server) {
        String name = world.newClientName("scripted");
        this.machine = new Machine(world, 1);
        this.link = world.newLink(name);
        new HostNetwork(machine, link, name)
                .connect(machine.nextLoop(), transport, server, made -> {
                    connection = made;
                    early.forEach(made.owner()::execute);
                    early.clear();
                    return new Ears();
                })
                .whenComplete((made, failure) -> {
                    if (failure != null && closedWith == null) {
                        closedWith = ReasonCode.CONNECTION_LOST;
                    }
                });
    }

    /** Sends LOGIN as this user, on the device {@code phone}, with this token. */
    public ScriptedClient login(String user, String token) {
        return send(new Login(new UserId(user), new DeviceId("phone"), "test", token, 1, 0));
    }

    /** Sends packets as one batch. */
    public ScriptedClient send(Packet... packets) {
        return onLink(() -> {
            for (Packet packet : packets) {
                Lane lane = packet instanceof Message message ? message.lane() : Lane.CHAT;
                write(lane, BinaryPacketCodec.V1.encode(packet));
            }
        });
    }

    /** Sends a frame of any type and any body. */
    public ScriptedClient send(int type, byte[] body) {
        return onLink(() -> write(Lane.CHAT, Frame.of(type, body)));
    }

    /** Reads nothing from now on. */
    public ScriptedClient stopReading() {
        return onLink(() -> connection().pauseReading());
    }

    /** Ends its connection. */
    public ScriptedClient close() {
        return onLink(() -> connection().close(ReasonCode.CLOSED_LOCALLY, "the script is over"));
    }

    /** The packets that came in, in order; those it does not know are left out. */
    public List<Packet> heard() {
        return Collections.unmodifiableList(heard);
    }

    /** The packets of this type that came in, in order. */
    public <P extends Packet> List<P> heard(Class<P> type) {
        return heard.stream().filter(type::isInstance).map(type::cast).toList();
    }

    /** What the carrier said at the end of the connection; null while it lives. */
    public @Nullable ReasonCode closedWith() {
        return closedWith;
    }

    /** What lies between it and the server. */
    public TestLink link() {
        return link;
    }

    private ScriptedClient onLink(Runnable task) {
        Connection made = connection;
        Runnable step = () -> {
            task.run();
            connection().flush();
        };
        if (made == null) {
            early.add(step);
        } else {
            made.owner().execute(step);
        }
        return this;
    }

    private void write(Lane lane, Frame frame) {
        connection().write(lane, frame);
    }

    private Connection connection() {
        Connection made = connection;
        if (made == null) {
            throw new IllegalStateException("not connected");
        }
        return made;
    }

    private final class Ears implements ConnectionHandler {
        @Override
        public void onFrame(int type, ByteBuffer body, Lane lane) {
            Packet packet = BinaryPacketCodec.V1.decode(type, body);
            if (packet != null) {
                heard.add(packet);
            }
        }

        @Override
        public void onReadComplete() {}

        @Override
        public void onWritable(Lane lane) {}

        @Override
        public void onViolation(ProtocolException violation) {}

        @Override
        public void onClosed(ReasonCode reason, boolean byPeer, String text) {
            closedWith = reason;
        }
    }
}
