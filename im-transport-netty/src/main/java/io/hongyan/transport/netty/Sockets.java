// SPDX-License-Identifier: Apache-2.0
package io.hongyan.transport.netty;

import io.hongyan.protocol.rudp.RudpConfig;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.channel.unix.Socket;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/** Makes sockets of the chosen kind and sets their options. The only place that tells epoll and NIO apart. */
final class Sockets {
    private static final InternalLogger log = InternalLoggerFactory.getInstance(Sockets.class);

    /** Longer datagrams are none of ours. */
    private static final int LARGEST_DATAGRAM_BYTES = 1_536;

    private static final int READS_A_TURN = 16;

    // Of Linux: its numbers are those of its headers in.h and in6.h.
    static final ChannelOption<Integer> IP_MTU_DISCOVER = new IntegerUnixChannelOption("IP_MTU_DISCOVER", 0, 10);
    static final ChannelOption<Integer> IPV6_MTU_DISCOVER = new IntegerUnixChannelOption("IPV6_MTU_DISCOVER", 41, 23);
    static final int PMTUDISC_PROBE = 3;

    /** Of datagrams that the kernel did not take at once. */
    private static final int LOW_WATER_BYTES = 64 << 10;

    private static final int HIGH_WATER_BYTES = 256 << 10;

    /** Of a link that was gone before it was looked at. */
    private static final InetSocketAddress NO_ADDRESS = new InetSocketAddress(0);

    private Sockets() {}

    static Channel newServerSocket(IoChoice io) {
        return io == IoChoice.EPOLL ? new EpollServerSocketChannel() : new NioServerSocketChannel();
    }

    static Channel newSocket(IoChoice io) {
        return io == IoChoice.EPOLL ? new EpollSocketChannel() : new NioSocketChannel();
    }

    static DatagramChannel newDatagramSocket(IoChoice io) {
        return io == IoChoice.EPOLL ? new EpollDatagramChannel() : new NioDatagramChannel();
    }

    /** The options of a UDP socket, before it is bound. */
    static void configureDatagrams(DatagramChannel socket, RudpConfig engine, UdpOptions options) {
        ChannelConfig config = socket.config();
        config.setOption(ChannelOption.SO_RCVBUF, options.receiveBufferBytes());
        config.setOption(ChannelOption.SO_SNDBUF, options.sendBufferBytes());
        config.setWriteBufferWaterMark(new WriteBufferWaterMark(LOW_WATER_BYTES, HIGH_WATER_BYTES));
        boolean epoll = socket instanceof EpollDatagramChannel;
        int batch = epoll ? options.readBatch() : 1;
        if (epoll && batch > 1) {
            // recvmmsg. Together with UDP_GRO several datagrams would arrive as one, so that stays off.
            config.setOption(EpollChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, LARGEST_DATAGRAM_BYTES);
        }
        config.setRecvByteBufAllocator(new ReadBatches(batch, LARGEST_DATAGRAM_BYTES, READS_A_TURN));
        if (epoll && engine.maxDatagramBytes() > RudpConfig.DATAGRAM_BYTES) {
            forbidFragments(socket, IP_MTU_DISCOVER);
            forbidFragments(socket, IPV6_MTU_DISCOVER);
        }
    }

    /**
     * A datagram that tries the length of a path must not pass it in pieces: with this option none is cut, neither by
     * routers nor, once one of them has complained, by the kernel. The kernel may know only one of the two protocols.
     */
    private static void forbidFragments(DatagramChannel socket, ChannelOption<Integer> mtuDiscover) {
        try {
            socket.config().setOption(mtuDiscover, PMTUDISC_PROBE);
        } catch (ChannelException notHere) {
            log.debug("{}: {} cannot be set: {}", socket, mtuDiscover.name(), reason(notHere));
        }
    }

    /** Whether the kernel cuts one packet into many datagrams for this socket. */
    static boolean canSegment(DatagramChannel socket) {
        return socket instanceof EpollDatagramChannel && EpollDatagramChannel.isSegmentedDatagramPacketSupported();
    }

    /** Says once per listener that bursts may be lost. Linux reports twice what it gives. */
    static void logSmallBuffers(DatagramChannel socket, UdpOptions options) {
        int received = socket.config().getReceiveBufferSize();
        if (received < options.receiveBufferBytes()) {
            log.info(
                    "udp {}: asked the kernel for a receive buffer of {} bytes and got {}; raise net.core.rmem_max to"
                            + " lose fewer datagrams in bursts",
                    socket.localAddress(),
                    options.receiveBufferBytes(),
                    received);
        }
    }

    /**
     * Puts the channel on the loop and binds it; on failure the caller closes it.
     *
     * @throws BindException that names the address and keeps the cause
     */
    static void bind(EventLoopOwner owner, Channel channel, String transport, InetSocketAddress address)
            throws IOException {
        if (address.isUnresolved()) {
            throw cannotListen(transport, address, "unknown host", null);
        }
        ChannelFuture registered = owner.loop().register(channel).awaitUninterruptibly();
        if (!registered.isSuccess()) {
            throw cannotListen(transport, address, reason(registered.cause()), registered.cause());
        }
        ChannelFuture bound = channel.bind(address).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw cannotListen(transport, address, reason(bound.cause()), bound.cause());
        }
    }

    /** Where the peer's end of the socket is. */
    static InetSocketAddress remoteAddress(Channel link) {
        return link.remoteAddress() instanceof InetSocketAddress address ? address : NO_ADDRESS;
    }

    /** The certificate that the peer has shown and we have checked; null when it showed none. */
    static @Nullable X509Certificate peerCertificate(SslHandler tls) {
        try {
            Certificate[] chain = tls.engine().getSession().getPeerCertificates();
            return chain.length > 0 && chain[0] instanceof X509Certificate shown ? shown : null;
        } catch (SSLPeerUnverifiedException noneShown) {
            return null;
        }
    }

    /** Sends the FIN behind all that was written; over TLS its own end before. */
    static void finishOutput(Channel link, @Nullable SslHandler tls) {
        DuplexChannel socket = (DuplexChannel) link;
        if (tls == null) {
            socket.shutdownOutput().addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
        } else {
            tls.closeOutbound()
                    .addListener(said -> socket.shutdownOutput().addListener(ChannelFutureListener.CLOSE_ON_FAILURE));
        }
    }

    /** Closes a link without a last word: TLS would wait for one to leave. On the link's loop. */
    static void closeNow(Channel link) {
        link.unsafe().close(link.newPromise());
    }

    /** The number of an accepted socket's file descriptor; -1 where this cannot be told. */
    static int descriptorOf(Channel link) {
        return link instanceof EpollSocketChannel socket ? socket.fd().intValue() : -1;
    }

    /**
     * The number that the next file descriptor of the process gets: all below are in use. {@link Integer#MAX_VALUE} when
     * there is none left.
     */
    static int nextDescriptor() {
        try {
            Socket probe = Socket.newSocketStream();
            int number = probe.intValue();
            probe.close();
            return number;
        } catch (IOException | ChannelException noneLeft) {
            return Integer.MAX_VALUE;
        }
    }

    /** Gives a socket back, in whatever state it is. */
    static ChannelFuture close(Channel channel) {
        if (channel.isRegistered()) {
            return channel.close();
        }
        channel.unsafe().closeForcibly();
        return channel.newSucceededFuture();
    }

    /**
     * Tells when a listening channel is closed and its port free. Java's NIO gives the port back only when the selector
     * has let go of the socket, which is after the channel's close future.
     */
    static void whenFreed(EventLoopOwner owner, Channel channel, Runnable freed) {
        channel.closeFuture().addListener(closed -> owner.afterNextSelect(freed));
    }

    /** A listening socket could not be made, or does not take an option: there is no file descriptor left, perhaps. */
    static BindException cannotListen(String transport, InetSocketAddress address, ChannelException cause) {
        Throwable kernelSaid = cause.getCause() == null ? cause : cause.getCause();
        return cannotListen(transport, address, reason(kernelSaid), cause);
    }

    private static BindException cannotListen(
            String transport, InetSocketAddress address, String reason, @Nullable Throwable cause) {
        String where = transport + " " + address.getHostString() + " port " + address.getPort();
        BindException exception = new BindException("cannot listen on " + where + ": " + reason);
        exception.initCause(cause);
        return exception;
    }

    /** Epoll says "bind(..) failed with error(-98): Address already in use". */
    static String reason(Throwable cause) {
        String message = String.valueOf(cause.getMessage());
        int kernelSays = message.lastIndexOf("): ");
        return kernelSays < 0 ? message : message.substring(kernelSays + 3);
    }
}
