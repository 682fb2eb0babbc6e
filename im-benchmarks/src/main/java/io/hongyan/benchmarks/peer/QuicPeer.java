// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.peer;

import io.hongyan.benchmarks.road.Road;
import io.hongyan.benchmarks.road.UdpRoad;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.handler.codec.quic.InsecureQuicTokenHandler;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicClientCodecBuilder;
import io.netty.handler.codec.quic.QuicCodecBuilder;
import io.netty.handler.codec.quic.QuicCongestionControlAlgorithm;
import io.netty.handler.codec.quic.QuicServerCodecBuilder;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/** Netty's QUIC, which is quiche: all messages in one stream, or each in a stream of its own. */
public final class QuicPeer implements Peer {

    /** How messages are put into streams. */
    public enum Streams {
        /** All in one, in order. */
        ONE,
        /** Each in its own, so that none waits for another. */
        ONE_PER_MESSAGE
    }

    private static final String PROTOCOL = "benchmark";
    private static final int MOST_STREAMS = 1_000_000;
    private static final int WINDOW_BYTES = 16 << 20;
    private static final int IDLE_SECONDS = 60;

    private final Streams streams;
    private final QuicCongestionControlAlgorithm congestionControl;
    private final EventLoopGroup loop;
    private final QuicSslContext clientTls;
    private final InetSocketAddress server;

    /** Starts a server on the loopback. */
    public QuicPeer(Streams streams, QuicCongestionControlAlgorithm congestionControl, Load load, Inbox inbox)
            throws IOException {
        this.streams = streams;
        this.congestionControl = congestionControl;
        this.loop = NettyLoops.one("bench-quic", NioIoHandler.newFactory());
        try {
            X509Bundle certificate = new CertificateBuilder()
                    .subject("CN=localhost")
                    .setIsCertificateAuthority(true)
                    .buildSelfSigned();
            QuicSslContext serverTls = QuicSslContextBuilder.forServer(
                            certificate.getKeyPair().getPrivate(), null, certificate.getCertificatePath())
                    .applicationProtocols(PROTOCOL)
                    .build();
            clientTls = QuicSslContextBuilder.forClient()
                    .trustManager(InsecureTrustManagerFactory.INSTANCE)
                    .applicationProtocols(PROTOCOL)
                    .build();
            Channel channel = bind(configured(new QuicServerCodecBuilder())
                    .sslContext(serverTls)
                    .tokenHandler(InsecureQuicTokenHandler.INSTANCE)
                    .handler(new NothingToDo())
                    .streamHandler(new ChannelInbox(load, inbox))
                    .build());
            server = (InetSocketAddress) channel.localAddress();
        } catch (IOException failure) {
            NettyLoops.close(loop);
            throw failure;
        } catch (Exception failure) {
            NettyLoops.close(loop);
            throw new IOException("no QUIC here: " + failure, failure);
        }
    }

    @Override
    public Road newRoad(long seed) throws IOException {
        return UdpRoad.to(server, seed);
    }

    @Override
    public PeerLink connect(Road road) throws IOException {
        Channel socket = bind(
                configured(new QuicClientCodecBuilder()).sslContext(clientTls).build());
        QuicChannel channel = Awaited.within(
                CONNECT_SECONDS,
                QuicChannel.newBootstrap(socket)
                        .handler(new NothingToDo())
                        .streamHandler(new NothingToDo())
                        .remoteAddress(road.address())
                        .connect());
        return streams == Streams.ONE ? new OneStream(newStream(channel)) : new ManyStreams(channel);
    }

    @Override
    public void close() {
        NettyLoops.close(loop);
    }

    private Channel bind(io.netty.channel.ChannelHandler codec) throws IOException {
        var binding = new Bootstrap()
                .group(loop)
                .channel(NioDatagramChannel.class)
                .handler(codec)
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        Awaited.within(CONNECT_SECONDS, binding);
        return binding.channel();
    }

    private <B extends QuicCodecBuilder<B>> B configured(B builder) {
        return builder.congestionControlAlgorithm(congestionControl)
                .maxIdleTimeout(IDLE_SECONDS, TimeUnit.SECONDS)
                .initialMaxData(WINDOW_BYTES)
                .initialMaxStreamDataUnidirectional(WINDOW_BYTES)
                .initialMaxStreamsUnidirectional(MOST_STREAMS);
    }

    private static QuicStreamChannel newStream(QuicChannel channel) throws IOException {
        return Awaited.within(CONNECT_SECONDS, channel.createStream(QuicStreamType.UNIDIRECTIONAL, new NothingToDo()));
    }

    private record OneStream(QuicStreamChannel stream) implements PeerLink {

        @Override
        public void send(byte[] message) {
            stream.writeAndFlush(Unpooled.wrappedBuffer(message));
        }

        @Override
        public void transfer(long bytes) {
            new ChannelBulk(stream, bytes).start();
        }
    }

    private record ManyStreams(QuicChannel channel) implements PeerLink {

        @Override
        public void send(byte[] message) {
            channel.createStream(QuicStreamType.UNIDIRECTIONAL, new NothingToDo())
                    .addListener(created -> {
                        if (created.isSuccess()) {
                            QuicStreamChannel stream = (QuicStreamChannel) created.getNow();
                            stream.writeAndFlush(Unpooled.wrappedBuffer(message))
                                    .addListener(QuicStreamChannel.SHUTDOWN_OUTPUT);
                        }
                    });
        }

        @Override
        public void transfer(long bytes) {
            throw new UnsupportedOperationException("bulk goes through one stream");
        }
    }
}
