// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.session;

import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.connection.Connection;
import io.hongyan.protocol.packet.Count;
import io.hongyan.protocol.packet.CounterRanges;
import io.hongyan.protocol.packet.Delivered;
import io.hongyan.protocol.packet.Packet;
import io.hongyan.protocol.packet.SendResult;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one session's client is to be told about what it sent: counts, results, deliveries. Kept as sets of counters that
 * grow together until the connection has room, so that answers never queue; written as one frame of each kind per flush.
 *
 * <p>Filled by any thread, written on the session's owner.
 */
@ThreadSafe
public final class Answers {
    /** Full sets that may wait before the peer is not read any more. */
    private static final int CROWDED = 4;

    private final long instance;
    private final int maxOpen;

    // All guarded by this.
    private final FrameCount count = new FrameCount();
    private final FrameCount bulkCount = new FrameCount();
    private CounterRanges.@Nullable Builder accepted;
    private CounterRanges.@Nullable Builder delivered;
    private @Nullable Map<ReasonCode, CounterRanges.Builder> refused;
    private @Nullable List<Packet> full;
    private final @Nullable ToldReceipts told;
    private int links;
    private boolean news;

    /** @param resumable whether what was written is to be told again to a client that resumes */
    Answers(long instance, int maxOpen, boolean resumable) {
        this.instance = instance;
        this.maxOpen = maxOpen;
        this.told = resumable ? new ToldReceipts(instance) : null;
    }

    /** A counted message came, and its fate is decided. */
    public synchronized void settledNow(Lane channel, long counter, ReasonCode code) {
        countOf(channel).finishNow();
        result(counter, code);
    }

    /** A counted frame came, and nothing is to be answered but the count. */
    public synchronized void finishedNow(Lane channel) {
        countOf(channel).finishNow();
        news = true;
    }

    /** A counted frame came, and is to be finished later; names it for {@link #finish}. */
    public synchronized long open(Lane channel) {
        return (long) links << Integer.SIZE
                | Integer.toUnsignedLong(countOf(channel).open());
    }

    /** A frame that was open is finished with. One of a link before comes again, and is counted then. */
    public synchronized void finish(Lane channel, long opened) {
        if (opened >>> Integer.SIZE == links) {
            countOf(channel).finish((int) opened);
            news = true;
        }
    }

    /** No frame of this link comes any more: those not finished with are to come again over the next one. */
    synchronized void rewind() {
        links++;
        count.rewind();
        bulkCount.rewind();
    }

    /** The client has counted so many of the frames sent in the channel that answers travel in. */
    synchronized void proven(int counted, int sent) {
        if (told != null) {
            told.counted(counted, sent);
        }
    }

    /** Writes to a new link what the client may have missed, and what is new; the counts last, and always. Owner. */
    synchronized void writeAgain(Connection connection) {
        if (told != null) {
            for (Packet receipt : told.again()) {
                writeReceipt(connection, receipt);
            }
        }
        writeReceipts(connection);
        if (connection.countsBulkApart()) {
            write(connection, new Count(Lane.BULK, bulkCount.tell()));
        }
        write(connection, new Count(Lane.CHAT, count.tell()));
        news = false;
    }

    /** A message's fate is decided. */
    public synchronized void settled(long counter, ReasonCode code) {
        result(counter, code);
    }

    /** A message was counted by a first device of its recipient. */
    public synchronized void delivered(long counter) {
        CounterRanges.Builder gathered = delivered;
        if (gathered == null) {
            gathered = new CounterRanges.Builder();
            delivered = gathered;
        }
        if (!gathered.add(counter)) {
            setAside(new Delivered(instance, gathered.build()));
            gathered.clear();
            gathered.add(counter);
        }
        news = true;
    }

    /** Whether so much waits, to be answered or to be written, that the peer should not be read now. */
    public synchronized boolean isCrowded() {
        return full != null && full.size() >= CROWDED || count.span() >= maxOpen || bulkCount.span() >= maxOpen;
    }

    /** Whether a peer that rests because of a crowd may be read again. */
    public synchronized boolean isRoomy() {
        return full == null && count.span() <= maxOpen / 2 && bulkCount.span() <= maxOpen / 2;
    }

    /** Whether every frame that came is finished with, and everything is told. */
    public synchronized boolean isIdle() {
        return !news && count.span() == 0 && bulkCount.span() == 0;
    }

    /** Writes everything. Owner; the connection has room. @return whether there was anything */
    synchronized boolean write(Connection connection) {
        if (!news) {
            return false;
        }
        news = false;
        boolean wrote = writeReceipts(connection);
        if (count.hasNews()) {
            wrote = write(connection, new Count(Lane.CHAT, count.tell()));
        }
        if (bulkCount.hasNews()) {
            wrote = write(connection, new Count(Lane.BULK, bulkCount.tell()));
        }
        return wrote;
    }

    private boolean writeReceipts(Connection connection) {
        boolean wrote = false;
        if (full != null) {
            for (Packet packet : full) {
                wrote = writeReceipt(connection, packet);
            }
            full = null;
        }
        if (accepted != null && !accepted.isEmpty()) {
            wrote = writeReceipt(connection, new SendResult(instance, ReasonCode.OK, accepted.build()));
            accepted.clear();
        }
        if (refused != null) {
            for (Map.Entry<ReasonCode, CounterRanges.Builder> entry : refused.entrySet()) {
                wrote = writeReceipt(
                        connection,
                        new SendResult(
                                instance, entry.getKey(), entry.getValue().build()));
            }
            refused = null;
        }
        if (delivered != null && !delivered.isEmpty()) {
            wrote = writeReceipt(connection, new Delivered(instance, delivered.build()));
            delivered.clear();
        }
        return wrote;
    }

    private boolean writeReceipt(Connection connection, Packet receipt) {
        if (told != null) {
            told.add(receipt);
        }
        return write(connection, receipt);
    }

    private void result(long counter, ReasonCode code) {
        CounterRanges.Builder gathered = builderOf(code);
        if (!gathered.add(counter)) {
            setAside(new SendResult(instance, code, gathered.build()));
            gathered.clear();
            gathered.add(counter);
        }
        news = true;
    }

    private CounterRanges.Builder builderOf(ReasonCode code) {
        if (code != ReasonCode.OK) {
            Map<ReasonCode, CounterRanges.Builder> byCode = refused;
            if (byCode == null) {
                byCode = new EnumMap<>(ReasonCode.class);
                refused = byCode;
            }
            return byCode.computeIfAbsent(code, any -> new CounterRanges.Builder());
        }
        CounterRanges.Builder gathered = accepted;
        if (gathered == null) {
            gathered = new CounterRanges.Builder();
            accepted = gathered;
        }
        return gathered;
    }

    private void setAside(Packet packet) {
        List<Packet> list = full;
        if (list == null) {
            list = new ArrayList<>();
            full = list;
        }
        list.add(packet);
    }

    private FrameCount countOf(Lane channel) {
        return channel == Lane.BULK ? bulkCount : count;
    }

    private static boolean write(Connection connection, Packet packet) {
        connection.write(Lane.CHAT, connection.codec().encode(packet));
        return true;
    }
}
