// SPDX-License-Identifier: Apache-2.0
package io.hongyan.transport.netty;

import io.hongyan.protocol.Confined;
import io.hongyan.protocol.ProtocolException;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.frame.Preface;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.handler.codec.haproxy.HAProxyProxiedProtocol;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * An accepted link until it is known what it speaks: it takes off what wraps the stream, layer by layer, then answers our
 * preface and makes way for the connection.
 *
 * <pre>
 *   4 bytes ─► PROXY ─► header ─► 4 bytes ─► TLS ─► handshake ─► 4 bytes ─► HYIM ─► 8 bytes ─► connection
 *                from a trusted proxy: must       where the port has it         anything else: refused
 * </pre>
 *
 * A peer that speaks something else, or no version of ours, is told so and gets our FIN; what it sends further is thrown
 * away until it closes too, or until its time is over.
 */
@Confined("owner")
final class NewLink extends ChannelInboundHandlerAdapter {
    /** What a proxy may say beside the addresses, in bytes. */
    private static final int MOST_PROXY_EXTENSIONS = 4 << 10;

    private static final int MOST_DISCARDED_BYTES = 256 << 10;

    /** A TLS record of its own, readable without keys: alert, fatal, handshake_failure. */
    private static final byte[] NO_TLS_HERE = {0x15, 3, 3, 0, 2, 2, 40};

    private final Channel channel;
    private final TcpLinks links;
    private final long acceptedNanos = System.nanoTime();

    private InetSocketAddress remoteAddress;
    private boolean awaitsProxy;
    private @Nullable SslHandler tls;
    private boolean handshaken;

    private byte @Nullable [] partial;
    private int partialBytes;
    private boolean recognised;
    private boolean refused;
    private boolean dropped;
    private int discardedBytes;

    /** @param behindProxy whether the link must begin with a header of the PROXY protocol */
    NewLink(Channel channel, TcpLinks links, InetSocketAddress remoteAddress, boolean behindProxy) {
        this.channel = channel;
        this.links = links;
        this.remoteAddress = remoteAddress;
        this.awaitsProxy = behindProxy;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        links.accepted(this);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        if (message instanceof HAProxyMessage header) {
            try {
                proxied(header);
            } finally {
                header.release();
            }
            return;
        }
        ByteBuf in = (ByteBuf) message;
        try {
            if (refused) {
                discard(context, in);
            } else {
                read(context, in);
            }
        } finally {
            in.release();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake) {
            if (!handshake.isSuccess() && !dropped) {
                links.entrance().events().tlsHandshakeFailed();
            } else if (handshaken) {
                drop();
            }
            handshaken = true;
        } else if (event == ChannelInputShutdownEvent.INSTANCE || event == SslCloseCompletionEvent.SUCCESS) {
            context.close();
        }
    }

    /** The layers' exceptions too. TLS has said its alert by then. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (awaitsProxy && !dropped && cause instanceof DecoderException) {
            links.entrance().events().refused(ReasonCode.PROTOCOL_VIOLATION);
        }
        drop();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        links.gone(this);
        context.fireChannelInactive();
    }

    /** Closes the link without an answer. */
    void drop() {
        dropped = true;
        Sockets.closeNow(channel);
    }

    /** When its time is over: soon while it has not said what it speaks, else with the time of a login. */
    long deadlineNanos() {
        StreamOptions options = links.options();
        int millis = recognised
                ? options.prefaceTimeoutMillis()
                : Math.min(options.firstBytesTimeoutMillis(), options.prefaceTimeoutMillis());
        return acceptedNanos + millis * 1_000_000L;
    }

    private void read(ChannelHandlerContext context, ByteBuf in) throws Exception {
        if (partialBytes < FirstBytes.BYTES && !take(in, FirstBytes.BYTES)) {
            return;
        }
        if (!recognised) {
            recognised = true;
            links.recognised(this);
        }
        FirstBytes first = FirstBytes.of(ByteBuffer.wrap(bytes()).getInt());
        if (awaitsProxy != (first == FirstBytes.PROXY)) {
            links.entrance().events().refused(ReasonCode.PROTOCOL_VIOLATION);
            drop();
            return;
        }
        switch (first) {
            case PREFACE -> {
                if (take(in, Preface.BYTES)) {
                    preface(context, in);
                }
            }
            case TLS -> tls(context, in);
            case PROXY -> peel(context, new HAProxyMessageDecoder(MOST_PROXY_EXTENSIONS, true), in);
            case HTTP, MOBILE_IMSDK, UNKNOWN ->
                refuse(
                        context,
                        Preface.answer(0),
                        isPlainOnProtectedPort() ? ReasonCode.PROTECTION_REQUIRED : ReasonCode.MALFORMED_FRAME);
        }
    }

    /** The address of who is behind the proxy is the one that counts, from here on. */
    private void proxied(HAProxyMessage header) {
        awaitsProxy = false;
        InetSocketAddress client = sourceOf(header);
        if (client != null) {
            remoteAddress = client;
            if (!links.enters(channel, client.getAddress())) {
                refused = true;
                drop();
            }
        }
    }

    /** Null where the header names nobody: the proxy itself looks whether we are well, or does not know. */
    private static @Nullable InetSocketAddress sourceOf(HAProxyMessage header) {
        HAProxyProxiedProtocol protocol = header.proxiedProtocol();
        boolean isInternet = protocol == HAProxyProxiedProtocol.TCP4 || protocol == HAProxyProxiedProtocol.TCP6;
        String source = header.sourceAddress();
        if (header.command() == HAProxyCommand.LOCAL || !isInternet || source == null) {
            return null;
        }
        InetAddress address = NetUtil.createInetAddressFromIpAddressString(source);
        return address == null ? null : new InetSocketAddress(address, header.sourcePort());
    }

    private void tls(ChannelHandlerContext context, ByteBuf in) throws Exception {
        ServerTls configured = links.entrance().tls();
        if (configured == null) {
            refuse(context, NO_TLS_HERE, ReasonCode.PROTECTION_REQUIRED);
        } else if (tls != null) {
            refuse(context, Preface.answer(0), ReasonCode.MALFORMED_FRAME);
        } else {
            SslHandler layer = configured.newHandler(context.alloc(), links.tlsTasks());
            // The time of this link is watched over already.
            layer.setHandshakeTimeoutMillis(0);
            tls = layer;
            peel(context, layer, in);
        }
    }

    /** Puts a layer in front of this handler; what has come so far goes through it, and comes back bare. */
    private void peel(ChannelHandlerContext context, ByteToMessageDecoder layer, ByteBuf rest) throws Exception {
        ByteBuf begin = Unpooled.wrappedBuffer(bytes(), 0, FirstBytes.BYTES);
        partial = null;
        partialBytes = 0;
        context.pipeline().addBefore(context.name(), null, layer);
        ChannelHandlerContext before = context.pipeline().context(layer);
        layer.channelRead(before, begin);
        if (rest.isReadable()) {
            layer.channelRead(before, rest.retain());
        }
    }

    private void preface(ChannelHandlerContext context, ByteBuf rest) {
        if (isPlainOnProtectedPort()) {
            refuse(context, Preface.refusal(ReasonCode.PROTECTION_REQUIRED), ReasonCode.PROTECTION_REQUIRED);
            return;
        }
        int version = versionFor(ByteBuffer.wrap(bytes()));
        if (version == 0) {
            refuse(context, Preface.answer(0), ReasonCode.UNSUPPORTED_VERSION);
            return;
        }
        links.gone(this);
        NettyTcpConnection connection = new NettyTcpConnection(
                channel, links.owner(), links.options(), links, acceptedNanos, remoteAddress, tls);
        ChannelPipeline pipeline = context.pipeline();
        pipeline.addLast(connection);
        connection.writePreface(Preface.answer(version));
        links.opened(connection);
        if (rest.isReadable()) {
            context.fireChannelRead(rest.retain());
        }
        pipeline.remove(this);
    }

    private void refuse(ChannelHandlerContext context, byte[] answer, ReasonCode code) {
        refused = true;
        links.entrance().events().refused(code);
        context.writeAndFlush(Unpooled.wrappedBuffer(answer));
        Sockets.finishOutput(channel, tls);
    }

    private void discard(ChannelHandlerContext context, ByteBuf in) {
        discardedBytes += in.readableBytes();
        if (discardedBytes > MOST_DISCARDED_BYTES) {
            context.close();
        }
    }

    /** Whether so many bytes are there now. */
    private boolean take(ByteBuf in, int wanted) {
        int arrived = Math.min(in.readableBytes(), wanted - partialBytes);
        in.readBytes(bytes(), partialBytes, arrived);
        partialBytes += arrived;
        return partialBytes == wanted;
    }

    private byte[] bytes() {
        byte[] bytes = partial;
        if (bytes == null) {
            bytes = new byte[Preface.BYTES];
            partial = bytes;
        }
        return bytes;
    }

    private boolean isPlainOnProtectedPort() {
        return tls == null && !links.entrance().takesPlaintext();
    }

    private static int versionFor(ByteBuffer preface) {
        try {
            return Preface.choose(Preface.readRequest(preface));
        } catch (ProtocolException notOurs) {
            return 0;
        }
    }
}
