// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

import io.hongyan.protocol.Confined;
import io.hongyan.protocol.ProtocolException;
import io.hongyan.protocol.ReasonCode;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Puts the chunks of one session together again, within bounds: at most {@value #MAX_OPEN} messages open at a time,
 * together no larger than the largest message, and all sessions within one {@link ReassemblyBudget}. Memory is taken as
 * bytes arrive, in blocks that are never copied before the message is whole, and what is reserved is what is held: the
 * blocks, {@value #BLOCK_OVERHEAD_BYTES} bytes for each of them and {@value #MESSAGE_OVERHEAD_BYTES} for each message. A
 * message that goes over a bound, or stands still for too long, is refused alone: what comes of it later is skipped, and
 * the session lives.
 *
 * <pre>
 *   offset 0            opens, or begins again
 *   offset = so far     goes on               over a bound: Refused, once, then Skipped
 *   last                Whole, closes
 *   last and empty      given up, closes
 *   any other offset    ProtocolException
 *   nothing for long    Refused, by expire
 * </pre>
 *
 * <p>Confined to its session. Whoever drops it calls {@link #clear()} first, or the budget stays taken.
 */
@Confined("owner")
public final class Reassembler {
    /** Most messages that are open at a time. */
    public static final int MAX_OPEN = 4;

    /** More than all fields of a message before its payload can take. */
    private static final int MAX_HEAD_BYTES = 1024;

    /** More than a sender that keeps to {@link #MAX_OPEN} can have in flight. */
    private static final int MAX_REFUSED_REMEMBERED = 16;

    /** Least size of a block: what slices smaller than that share. */
    private static final int MIN_BLOCK_BYTES = 1024;

    /** No less than an array's header, its place in the list and its alignment take. */
    private static final int BLOCK_OVERHEAD_BYTES = 64;

    /** No less than a message with its id, its place among those open and its empty list of blocks takes. */
    private static final int MESSAGE_OVERHEAD_BYTES = 256;

    private static final Outcome INCOMPLETE = new Outcome.Incomplete();
    private static final Outcome SKIPPED = new Outcome.Skipped();

    private final int maxMessageBytes;
    private final ReassemblyBudget budget;
    private final Map<MessageId, Partial> open = new LinkedHashMap<>();
    private final Deque<MessageId> refused = new ArrayDeque<>();
    private int bufferedBytes;

    /** What became of a chunk. */
    public sealed interface Outcome {
        /** Kept; more is to come. */
        record Incomplete() implements Outcome {}

        /** It was the last; here is the message. */
        record Whole(Message message) implements Outcome {}

        /** The message is refused; tell its sender. */
        record Refused(MessageId id, ReasonCode code) implements Outcome {}

        /** It belongs to a message refused before, or ends one that its sender gave up: there is nothing to do. */
        record Skipped() implements Outcome {}
    }

    /**
     * @param maxMessageBytes largest payload taken, and bound of what the session holds, in bytes
     * @param budget shared by all sessions of a server
     */
    public Reassembler(int maxMessageBytes, ReassemblyBudget budget) {
        Numbers.require("maxMessageBytes", maxMessageBytes, 1, Message.MAX_PAYLOAD_BYTES);
        this.maxMessageBytes = maxMessageBytes;
        this.budget = budget;
    }

    /**
     * Takes the next chunk.
     *
     * @throws ProtocolException when chunks do not follow each other, or together are no message; close the connection
     */
    public Outcome add(Chunk chunk) {
        MessageId id = chunk.id();
        if (chunk.isGivenUp()) {
            drop(id);
            refused.remove(id);
            return SKIPPED;
        }
        if (chunk.offset() == 0) {
            drop(id);
            refused.remove(id);
            return begin(chunk);
        }
        Partial partial = open.get(id);
        if (partial == null) {
            return skipOfRefused(chunk);
        }
        if (chunk.offset() != partial.length) {
            throw new ProtocolException(ReasonCode.PROTOCOL_VIOLATION, "a chunk does not follow the one before");
        }
        return append(partial, chunk);
    }

    /**
     * Does not take a message: this chunk is let go, and so are its later ones. Instead of {@link #add}, when it is known
     * that the message is not needed.
     */
    public void skip(Chunk first) {
        drop(first.id());
        refused.remove(first.id());
        if (!first.last()) {
            remember(first.id());
        }
    }

    /**
     * Gives up the open messages of which nothing has come for so long. Called now and then: a message's time begins with
     * the first call that finds it as it is, so it is late by at most the time between two calls and never early.
     *
     * @return those given up; tell their sender
     */
    public List<Outcome.Refused> expire(long nowNanos, long patienceNanos) {
        if (open.isEmpty()) {
            return List.of();
        }
        List<Outcome.Refused> expired = new ArrayList<>(0);
        Iterator<Map.Entry<MessageId, Partial>> all = open.entrySet().iterator();
        while (all.hasNext()) {
            Map.Entry<MessageId, Partial> entry = all.next();
            if (entry.getValue().stoodStillNanos(nowNanos) >= patienceNanos) {
                all.remove();
                release(entry.getValue());
                remember(entry.getKey());
                expired.add(new Outcome.Refused(entry.getKey(), ReasonCode.REASSEMBLY_FULL));
            }
        }
        return expired;
    }

    /** The session is not being read, so nothing can come: the time of every open message begins anew. */
    public void rest() {
        for (Partial partial : open.values()) {
            partial.rest();
        }
    }

    /** Forgets everything and gives back what was reserved. */
    public void clear() {
        for (Partial partial : open.values()) {
            release(partial);
        }
        open.clear();
        refused.clear();
    }

    /** Number of messages that are open. */
    public int openMessages() {
        return open.size();
    }

    /** Bytes that have arrived of the open messages. */
    public int bufferedBytes() {
        return bufferedBytes;
    }

    private Outcome begin(Chunk chunk) {
        if (open.size() == MAX_OPEN) {
            return refuse(chunk, ReasonCode.REASSEMBLY_FULL);
        }
        if (!budget.reserve(MESSAGE_OVERHEAD_BYTES)) {
            return refuse(chunk, ReasonCode.REASSEMBLY_FULL);
        }
        Partial partial = new Partial();
        open.put(chunk.id(), partial);
        return append(partial, chunk);
    }

    private Outcome append(Partial partial, Chunk chunk) {
        int arriving = chunk.slice().size();
        int limit = maxMessageBytes + MAX_HEAD_BYTES;
        if (partial.length + arriving > limit) {
            return refuse(chunk, ReasonCode.MESSAGE_TOO_LARGE);
        }
        if (bufferedBytes + arriving > limit || !partial.append(chunk.slice(), budget)) {
            return refuse(chunk, ReasonCode.REASSEMBLY_FULL);
        }
        bufferedBytes += arriving;
        return chunk.last() ? complete(partial, chunk) : INCOMPLETE;
    }

    private Outcome complete(Partial partial, Chunk chunk) {
        drop(chunk.id());
        Message message = BinaryPacketCodec.V1.decodeMessage(partial.join());
        if (!message.id().equals(chunk.id())) {
            throw new ProtocolException(ReasonCode.MALFORMED_PACKET, "the chunks of a message have another id than it");
        }
        return message.payload().size() > maxMessageBytes
                ? new Outcome.Refused(chunk.id(), ReasonCode.MESSAGE_TOO_LARGE)
                : new Outcome.Whole(message);
    }

    private Outcome refuse(Chunk chunk, ReasonCode code) {
        drop(chunk.id());
        if (!chunk.last()) {
            remember(chunk.id());
        }
        return new Outcome.Refused(chunk.id(), code);
    }

    private void remember(MessageId id) {
        if (refused.size() == MAX_REFUSED_REMEMBERED) {
            refused.removeFirst();
        }
        refused.addLast(id);
    }

    private Outcome skipOfRefused(Chunk chunk) {
        if (!refused.contains(chunk.id())) {
            throw new ProtocolException(ReasonCode.PROTOCOL_VIOLATION, "a chunk of a message that has not begun");
        }
        if (chunk.last()) {
            refused.remove(chunk.id());
        }
        return SKIPPED;
    }

    private void drop(MessageId id) {
        Partial partial = open.remove(id);
        if (partial != null) {
            release(partial);
        }
    }

    private void release(Partial partial) {
        budget.release(partial.reserved);
        bufferedBytes -= partial.length;
    }

    /** The body of one message as far as it has arrived. */
    private static final class Partial {
        private final List<byte[]> blocks = new ArrayList<>();
        private int length;
        private int free;
        private long reserved = MESSAGE_OVERHEAD_BYTES;
        private int seenLength = -1;
        private long seenNanos;

        /** Fills up the last block and takes one more for what is left; nothing, if there is no budget for it. */
        boolean append(Payload slice, ReassemblyBudget budget) {
            int filling = Math.min(free, slice.size());
            int left = slice.size() - filling;
            int block = left == 0 ? 0 : Math.max(left, MIN_BLOCK_BYTES);
            if (block > 0 && !budget.reserve(block + BLOCK_OVERHEAD_BYTES)) {
                return false;
            }
            if (filling > 0) {
                byte[] last = blocks.get(blocks.size() - 1);
                slice.copyTo(0, last, last.length - free, filling);
                free -= filling;
            }
            if (block > 0) {
                reserved += block + BLOCK_OVERHEAD_BYTES;
                byte[] bytes = new byte[block];
                slice.copyTo(filling, bytes, 0, left);
                blocks.add(bytes);
                free = block - left;
            }
            length += slice.size();
            return true;
        }

        /** How long it has been as it is, in ns, as far as was looked. */
        long stoodStillNanos(long nowNanos) {
            if (seenLength != length) {
                seenLength = length;
                seenNanos = nowNanos;
            }
            return nowNanos - seenNanos;
        }

        void rest() {
            seenLength = -1;
        }

        /** All of it in one piece; the blocks are let go. */
        ByteBuffer join() {
            ByteBuffer whole = ByteBuffer.allocate(length);
            for (byte[] block : blocks) {
                whole.put(block, 0, Math.min(block.length, whole.remaining()));
            }
            blocks.clear();
            return whole.flip();
        }
    }
}
