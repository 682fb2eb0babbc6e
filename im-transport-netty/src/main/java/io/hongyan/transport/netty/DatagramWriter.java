// SPDX-License-Identifier: Apache-2.0
package io.hongyan.transport.netty;

import io.hongyan.protocol.Confined;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.SegmentedDatagramPacket;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Lines up a socket's datagrams behind each other in the loop's buffer and hands them over as slices of it. Neighbours
 * that go to one peer and have one size, the last possibly smaller, become one segmented packet where the kernel can cut
 * it up.
 *
 * <pre>
 *   buffer   | A 1200 | A 1200 | A 400 | B 90 | C 1200 | C 1200 | room ...
 *   packets  |  one, segments of 1200  |  one | one, of 1200    |
 * </pre>
 */
@Confined("owner")
final class DatagramWriter {
    private static final int MOST_SEGMENTS = 64;
    private static final int MOST_SEGMENTED_BYTES = 60_000;

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

    /** The kernel cannot cut for this interface: what was refused is lost, and the engine will notice. */
    void withoutSegmentation() {
        segmentation = false;
    }

    boolean isSegmenting() {
        return segmentation;
    }

    private boolean joinsRun(InetSocketAddress receiver, int start, int length) {
        return segmentation
                && receiver == runReceiver
                && !runComplete
                && length <= runSegment
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
        DatagramPacket packet = runSegments == 1
                ? new DatagramPacket(content, receiver)
                : new SegmentedDatagramPacket(content, runSegment, receiver);
        channel.write(packet, channel.voidPromise());
    }
}
