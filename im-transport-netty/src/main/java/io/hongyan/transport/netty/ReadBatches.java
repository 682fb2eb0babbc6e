// SPDX-License-Identifier: Apache-2.0
package io.hongyan.transport.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;

/**
 * The room for each read of a datagram socket, and whether another read follows: after one that brought less than a batch
 * nothing was left, and the kernel tells of what comes later. To ask it once more would cost a keepalive that comes alone
 * a third of its system calls.
 */
final class ReadBatches extends FixedRecvByteBufAllocator {
    private final int batch;

    /**
     * Batches of so many datagrams.
     *
     * @param datagramBytes of the longest
     * @param readsATurn then other sockets of the loop have theirs
     */
    ReadBatches(int batch, int datagramBytes, int readsATurn) {
        super(batch * datagramBytes);
        this.batch = batch;
        maxMessagesPerRead(batch * readsATurn);
    }

    @Override
    @SuppressWarnings("deprecation") // the type Netty still asks for
    public RecvByteBufAllocator.Handle newHandle() {
        return new Reads(super.newHandle(), batch);
    }

    /** What one socket has read in its turn. */
    private static final class Reads extends RecvByteBufAllocator.DelegatingHandle
            implements RecvByteBufAllocator.ExtendedHandle {
        private final int batch;
        private int datagrams;

        @SuppressWarnings("deprecation") // the type Netty still asks for
        Reads(RecvByteBufAllocator.Handle turn, int batch) {
            super(turn);
            this.batch = batch;
        }

        @Override
        public ByteBuf allocate(ByteBufAllocator allocator) {
            datagrams = 0;
            return super.allocate(allocator);
        }

        @Override
        public void incMessagesRead(int count) {
            super.incMessagesRead(count);
            datagrams += count;
        }

        @Override
        public boolean continueReading() {
            return datagrams >= batch && super.continueReading();
        }

        @Override
        public boolean continueReading(UncheckedBooleanSupplier mayBeMore) {
            return datagrams >= batch && ((RecvByteBufAllocator.ExtendedHandle) delegate()).continueReading(mayBeMore);
        }
    }
}
