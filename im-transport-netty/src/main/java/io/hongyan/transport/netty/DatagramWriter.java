// SPDX-License-Identifier: Apache-2.0
package io.hongyan.transport.netty;

import io.hongyan.protocol.Confined;
import io.hongyan.protocol.rudp.RudpConfig;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.Errors.NativeIoException;
import io.netty.channel.unix.SegmentedDatagramPacket;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Lines up a socket's datagrams behind each other in the loop's buffer and hands them over as slices of it. Neighbours
 * that go to one peer and have one size, the last possibly smaller, become one segmented packet where the kernel can cut
 * it up. A longer one than usual that has no equal may be a probe of the path: it goes alone, since the kernel refuses a
 * packet as a whole.
 *
 * <pre>
 *   buffer   | A 1200 | A 1200 | A 400 | B 90 | C 1200 | C 1200 | room ...
 *   packets  |  one, segments of 1200  |  one | one, of 1200    |
 * </pre>
 */
@Confined("owner")
final class DatagramWriter {
    private static final InternalLogger log = InternalLoggerFactory.getInstance(DatagramWriter.class);

    private static final int MOST_SEGMENTS = 64;
    private static final int MOST_SEGMENTED_BYTES = 60_000;
    private static final int EIO = -5;
    private static final int EINVAL = -22;

    private final Channel channel;
    private final SendBuffer buffer;
    private final int largestDatagram;
    private boolean segmentation;

    private @Nullable InetSocketAddress runReceiver;
    private int runStart;
    private int runSegment;
    private int runSegments;
    private boolean runComplete;

    DatagramWriter(Channel channel, SendBuffer buffer, int largestDatagram, boolean segmentation) {
        this.channel = channel;
        this.buffer = buffer;
        this.largestDatagram = largestDatagram;
        this.segmentation = segmentation;
    }

    /** Where the next datagram goes, from the position on; valid until the next call. */
    ByteBuffer room() {
        ByteBuffer room = buffer.room(largestDatagram);
        if (room == null) {
            send();
            room = buffer.room(largestDatagram);
        }
        if (room == null) {
            buffer.renew();
            room = Objects.requireNonNull(buffer.room(largestDatagram));
        }
        return room;
    }

    /** The room was filled up to its position with a datagram for this receiver. */
    void filled(InetSocketAddress receiver) {
        int start = buffer.end();
        int length = buffer.filled();
        if (!joinsRun(receiver, start, length)) {
            endRun(start);
            runReceiver = receiver;
            runStart = start;
            runSegment = length;
            runSegments = 0;
            runComplete = false;
        }
        runSegments++;
        runComplete |= length < runSegment;
    }

    /** Hands everything to the kernel, which may leave some in the channel's queue. */
    void send() {
        endRun(buffer.end());
        channel.flush();
        buffer.settle();
    }

    private boolean joinsRun(InetSocketAddress receiver, int start, int length) {
        return segmentation
                && receiver == runReceiver
                && !runComplete
                && length <= runSegment
                && (length == runSegment || runSegments > 1 || runSegment <= RudpConfig.DATAGRAM_BYTES)
                && runSegments < MOST_SEGMENTS
                && start - runStart + length <= MOST_SEGMENTED_BYTES;
    }

    private void endRun(int end) {
        InetSocketAddress receiver = runReceiver;
        if (receiver == null) {
            return;
        }
        runReceiver = null;
        ByteBuf content = buffer.slice(runStart, end - runStart);
        if (runSegments == 1) {
            channel.write(new DatagramPacket(content, receiver), channel.voidPromise());
        } else {
            channel.write(new SegmentedDatagramPacket(content, runSegment, receiver))
                    .addListener(sent -> segmentedSent(sent.cause()));
        }
    }

    /**
     * A kernel that cannot cut for this interface says EIO or EINVAL: what it refused is lost, which the engine notices,
     * and from now on the socket sends singly. A single datagram that is refused with the same words says nothing.
     */
    private void segmentedSent(@Nullable Throwable failure) {
        if (failure instanceof NativeIoException refused
                && (refused.expectedErr() == EIO || refused.expectedErr() == EINVAL)) {
            log.debug("{}: the kernel cannot segment here, sending singly from now on", channel);
            segmentation = false;
        } else if (failure != null) {
            log.debug("{}: {}", channel, failure.toString());
        }
    }
}
