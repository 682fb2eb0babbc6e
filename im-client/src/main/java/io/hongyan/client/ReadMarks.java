// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import io.hongyan.protocol.Confined;
import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.CounterRanges;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.Read;
import io.hongyan.protocol.packet.ReadSets;
import io.hongyan.protocol.packet.UserId;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * What this user has read, until the server has counted it: kept as sets that grow together, sent again over the next
 * link when this one is lost before. Said twice it does no harm.
 *
 * <pre>
 *   any thread: mark ──► waiting ──► written, with its number among the counted frames ──► counted: forgotten
 *                           ▲─────────────── link lost ──────────────┘
 * </pre>
 */
@ThreadSafe
final class ReadMarks {

    /** Senders whose messages are marked, and not counted by the server. */
    static final int MAX_SETS = 1_024;
    /** Of these at most so many are written at a time: what waits grows together. */
    private static final int MAX_WRITTEN = 16;

    // Guarded by this.
    private final ReadSets waiting = new ReadSets(MAX_SETS);
    private final ArrayDeque<Written> written = new ArrayDeque<>(4);
    private boolean closed;

    /** Marks a message. @return false when there is no room, or the client is closed */
    synchronized boolean mark(Message message) {
        if (closed || written.size() + waiting.size() >= MAX_SETS) {
            return false;
        }
        Read read = new Read(
                senderOf(message),
                message.id().instance(),
                CounterRanges.of(message.id().counter()));
        return message.lane() == Lane.EPHEMERAL || waiting.add(read);
    }

    /** Takes no more. */
    synchronized void close() {
        closed = true;
    }

    /** Writes what there is room for; the caller flushes. */
    @Confined("owner")
    synchronized void writeTo(Link link) {
        while (written.size() < MAX_WRITTEN && link.isWritable(Lane.CHAT)) {
            Read read = waiting.poll();
            if (read == null) {
                return;
            }
            link.write(Lane.CHAT, link.encode(read));
            written.add(new Written(read, link.chatSent()));
        }
    }

    /** The server has finished with so many counted frames of the channel that receipts go in. */
    @Confined("owner")
    synchronized void counted(int count) {
        Written oldest = written.peek();
        while (oldest != null && count - oldest.number >= 0) {
            written.remove();
            oldest = written.peek();
        }
    }

    /** The link is gone: what the server has not counted is to be written again. */
    @Confined("owner")
    synchronized void offline() {
        written.forEach(lost -> waiting.add(lost.read));
        written.clear();
    }

    /** Whether the server has counted all that was marked. */
    synchronized boolean isEmpty() {
        return waiting.isEmpty() && written.isEmpty();
    }

    private static @Nullable UserId senderOf(Message message) {
        Address from = message.from();
        if (from instanceof Address.User user) {
            return user.user();
        }
        return from instanceof Address.Device device ? device.user() : null;
    }

    /** @param number of counted frames with it */
    private record Written(Read read, int number) {}
}
