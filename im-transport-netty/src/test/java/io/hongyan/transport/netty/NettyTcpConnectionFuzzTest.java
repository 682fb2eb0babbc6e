// SPDX-License-Identifier: Apache-2.0
package io.hongyan.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.hongyan.contracts.RecordingHandler;
import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ProtocolException;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.connection.Connection;
import io.hongyan.protocol.frame.Frame;
import io.hongyan.protocol.frame.FrameReader;
import io.hongyan.protocol.frame.Preface;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The whole pipeline of a TCP link, of a server's or a client's end, fed with any bytes cut anywhere, by a handler that
 * stops reading now and then. Beside it a plain {@link FrameReader} says what the handler must have heard.
 */
@Tag("once")
class NettyTcpConnectionFuzzTest {
    private static final StreamOptions OPTIONS =
            StreamOptions.builder().maxFrameBytes(16 << 10).build();

    /** First byte: whose end, whether the handler admits the peer, and whether it pauses. Eight bytes: how to cut. */
    @MethodSource
    @FuzzTest
    void anyStreamGivesItsFramesAndEndsWithACode(byte[] input) {
        if (input.length >= 9) {
            ByteBuffer in = ByteBuffer.wrap(input);
            int how = in.get();
            new Run(how, new Random(in.getLong()), Arrays.copyOfRange(input, 9, input.length)).run();
        }
    }

    static Stream<byte[]> anyStreamGivesItsFramesAndEndsWithACode() {
        ByteArrayOutputStream frames = new ByteArrayOutputStream();
        frames.writeBytes(Frame.of(0x10, new byte[20]).array());
        frames.writeBytes(Frame.of(0x41, new byte[300]).array());
        frames.writeBytes(Frame.of(0xFF, new byte[0]).array());
        frames.writeBytes(Frame.of(2, new byte[9_000]).array());
        byte[] tooLarge = {0x7F, 0, 0, 1, 2, 3};
        Stream.Builder<byte[]> seeds = Stream.builder();
        for (int how = 0; how < 8; how++) {
            byte[] preface = (how & 1) == 0 ? Preface.request() : Preface.answer(1);
            seeds.add(seed(how, preface, frames.toByteArray()));
            seeds.add(seed(how, preface, tooLarge));
            seeds.add(seed(how, Preface.answer(0), frames.toByteArray()));
        }
        return seeds.build();
    }

    private static byte[] seed(int how, byte[] preface, byte[] rest) {
        return ByteBuffer.allocate(9 + preface.length + rest.length)
                .put((byte) how)
                .putLong(rest.length)
                .put(preface)
                .put(rest)
                .array();
    }

    /** One stream. */
    private static final class Run {
        private final boolean server;
        private final boolean admits;
        private final boolean pauses;
        private final Random cuts;
        private final byte[] stream;
        private final Link channel = new Link();
        private final EventLoopOwner owner = new EventLoopOwner(0, channel.eventLoop());
        private final List<ByteBuf> pieces = new ArrayList<>();
        private @Nullable RecordingHandler handler;

        Run(int how, Random cuts, byte[] stream) {
            server = (how & 1) == 0;
            admits = (how & 2) != 0;
            pauses = (how & 4) != 0;
            this.cuts = cuts;
            this.stream = stream;
        }

        void run() {
            begin();
            int largest = 1 + cuts.nextInt(cuts.nextBoolean() ? 5 : 5_000);
            for (int at = 0; at < stream.length; ) {
                int length = Math.min(stream.length - at, 1 + cuts.nextInt(largest));
                arrive(Arrays.copyOfRange(stream, at, at + length));
                at += length;
                if (cuts.nextInt(4) == 0) {
                    resume();
                }
            }
            resume();
            Expected expected = new Expected();
            expected.read();
            check(expected);
            channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
            resume();
            channel.close();
            channel.runPendingTasks();
            checkEnd(expected);
        }

        private void begin() {
            new LinkSettings(OPTIONS).apply(channel);
            ChannelHandler[] handlers;
            if (server) {
                TcpLinks links = new TcpLinks(
                        owner, OPTIONS, Entrance.OPEN, Runnable::run, this::newHandler, new AtomicInteger());
                handlers = new ChannelHandler[] {
                    new NewLink(channel, links, new InetSocketAddress(InetAddress.getLoopbackAddress(), 1), false)
                };
            } else {
                NettyTcpConnection connection = new NettyTcpConnection(channel, owner, OPTIONS, null);
                connection.admit();
                connection.writePreface(Preface.request());
                connection.handler(newHandler(connection));
                handlers = new ChannelHandler[] {
                    new ClientPreface(connection, owner, 10_000, () -> {}, (code, text) -> {}), connection
                };
            }
            channel.pipeline().addLast(handlers);
            channel.runPendingTasks();
        }

        private RecordingHandler newHandler(Connection connection) {
            RecordingHandler made = new RecordingHandler(connection) {
                @Override
                protected void onFrameHere(int type, ByteBuffer body, Lane lane) {
                    if (admits) {
                        connection.admit();
                    }
                    if (pauses && (type & 3) == 0) {
                        connection.pauseReading();
                    }
                }
            };
            handler = made;
            return made;
        }

        private void arrive(byte[] bytes) {
            ByteBuf piece = Unpooled.copiedBuffer(bytes);
            pieces.add(piece);
            channel.pipeline().fireChannelRead(piece);
            channel.pipeline().fireChannelReadComplete();
            channel.runPendingTasks();
        }

        /** As often as the handler stops again, and no more. */
        private void resume() {
            RecordingHandler here = handler;
            for (long before = -1; here != null && before != here.frameCount.get(); ) {
                before = here.frameCount.get();
                here.connection.resumeReading();
                channel.runPendingTasks();
            }
        }

        private void check(Expected expected) {
            RecordingHandler here = handler;
            if (here == null) {
                assertThat(expected.accepted).isFalse();
                return;
            }
            assertThat(here.broken).isEmpty();
            assertThat(List.copyOf(here.frames)).isEqualTo(expected.frames);
            assertThat(here.violations.stream().map(ProtocolException::code)).isEqualTo(expected.violations);
        }

        private void checkEnd(Expected expected) {
            assertThat(pieces).allMatch(piece -> piece.refCnt() == 0);
            channel.releaseOutbound();
            assertThat(channel.isOpen()).isFalse();
            RecordingHandler here = handler;
            if (here != null) {
                assertThat(here.broken).isEmpty();
                assertThat(here.closedReason).isEqualTo(expected.end());
            }
        }

        /** What must come of the stream. */
        private final class Expected {
            private final List<Frame> frames = new ArrayList<>();
            private final List<ReasonCode> violations = new ArrayList<>();
            private @Nullable ReasonCode refusal;
            private boolean accepted;

            void read() {
                if (stream.length < Preface.BYTES) {
                    return;
                }
                ByteBuffer in = ByteBuffer.wrap(stream);
                try {
                    accepted = server ? Preface.choose(Preface.readRequest(in)) != 0 : Preface.readAnswer(in) != 0;
                } catch (ProtocolException e) {
                    refusal = e.code();
                }
                if (accepted) {
                    readFrames(in);
                }
            }

            private void readFrames(ByteBuffer in) {
                FrameReader reader =
                        new FrameReader(server ? Connection.STRANGER_FRAME_BYTES : OPTIONS.maxFrameBytes());
                try {
                    reader.read(in, (type, body) -> {
                        byte[] copy = new byte[body.remaining()];
                        body.get(copy);
                        frames.add(Frame.of(type, copy));
                        if (admits) {
                            reader.maxFrameBytes(OPTIONS.maxFrameBytes());
                        }
                    });
                } catch (ProtocolException e) {
                    violations.add(e.code());
                }
            }

            ReasonCode end() {
                if (refusal != null) {
                    return refusal;
                }
                return violations.isEmpty() ? ReasonCode.CONNECTION_LOST : violations.get(0);
            }
        }
    }

    /** A link that may be shut at one end. */
    private static final class Link extends EmbeddedChannel implements DuplexChannel {
        private boolean outputShut;

        @Override
        public boolean isInputShutdown() {
            return false;
        }

        @Override
        public ChannelFuture shutdownInput() {
            return newSucceededFuture();
        }

        @Override
        public ChannelFuture shutdownInput(ChannelPromise promise) {
            return promise.setSuccess();
        }

        @Override
        public boolean isOutputShutdown() {
            return outputShut;
        }

        @Override
        public ChannelFuture shutdownOutput() {
            outputShut = true;
            return newSucceededFuture();
        }

        @Override
        public ChannelFuture shutdownOutput(ChannelPromise promise) {
            outputShut = true;
            return promise.setSuccess();
        }

        @Override
        public boolean isShutdown() {
            return outputShut;
        }

        @Override
        public ChannelFuture shutdown() {
            return shutdownOutput();
        }

        @Override
        public ChannelFuture shutdown(ChannelPromise promise) {
            return shutdownOutput(promise);
        }
    }
}
