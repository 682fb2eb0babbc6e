// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.connection.Connection;
import io.hongyan.protocol.connection.ConnectionHandler;
import io.hongyan.protocol.connection.Owner;
import io.hongyan.protocol.rudp.RudpConfig;
import io.hongyan.transport.netty.ClientTls;
import io.hongyan.transport.netty.IoLoops;
import io.hongyan.transport.netty.StreamOptions;
import io.hongyan.transport.netty.TcpConnector;
import io.hongyan.transport.netty.UdpConnector;
import io.hongyan.transport.netty.UdpOptions;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The Netty transports as clients use them. */
@ThreadSafe
final class NettyNetwork implements ClientNetwork {

    /** The longest frame any server may be configured to send, in bytes: what it is, is told only at login. */
    private static final int MAX_FRAME_BYTES = (1 << 20) + 4;

    /** Two frames of that length, which is the least the engine wants; a bound, not what a connection takes. */
    private static final int UDP_BUFFER_BYTES = 3 << 20;

    /** A {@link Link} pings by itself, and notices by that who is gone. */
    private static final int MAX_IDLE_MILLIS = 3_600_000;

    private final IoLoops loops;
    private final TcpConnector tcp;
    private final UdpConnector udp;

    /**
     * @param count of event loops, 1 to 255
     * @param engine what was chosen for the reliable-UDP engine; bounds of frames and buffers are set here
     */
    NettyNetwork(int count, RudpConfig.Builder engine) {
        this.loops = IoLoops.builder()
                .threads(count)
                .name("hongyan-client-io")
                .daemon(true)
                .build();
        this.tcp = new TcpConnector(
                loops, StreamOptions.builder().maxFrameBytes(MAX_FRAME_BYTES).build());
        this.udp = new UdpConnector(
                loops,
                engine.maxMessageBytes(MAX_FRAME_BYTES)
                        .sendBufferBytes(UDP_BUFFER_BYTES)
                        .receiveWindowBytes(UDP_BUFFER_BYTES)
                        .keepAliveMillis(0)
                        .idleTimeoutMillis(MAX_IDLE_MILLIS)
                        .build(),
                UdpOptions.builder()
                        .maxFrameBytes(MAX_FRAME_BYTES)
                        .maxOverflowBytes(MAX_FRAME_BYTES)
                        .build());
    }

    @Override
    public Owner nextOwner() {
        return loops.next();
    }

    @Override
    public CompletionStage<Connection> connect(
            Owner owner, String transport, InetSocketAddress server, Function<Connection, ConnectionHandler> handlers) {
        return transport.equals("udp") ? udp.connect(owner, server, handlers) : tcp.connect(owner, server, handlers);
    }

    @Override
    public CompletionStage<Connection> connect(
            Owner owner,
            ServerAddress server,
            @Nullable ClientTls tls,
            InetSocketAddress address,
            Function<Connection, ConnectionHandler> handlers) {
        return server.isProtected()
                ? tcp.connect(owner, address, Objects.requireNonNull(tls, "tls"), server.host(), handlers)
                : connect(owner, server.transport(), address, handlers);
    }

    @Override
    public boolean inLoop() {
        for (int i = 0; i < loops.size(); i++) {
            if (loops.owner(i).inOwnerThread()) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void close() {
        udp.close();
        loops.close();
    }
}
