// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import java.util.Arrays;

/**
 * Which of the last {@value #WINDOW} packet numbers have arrived: the replay window and the source of ACK ranges in one
 * bitmap, so that neither can be made to grow. Older numbers count as duplicates.
 */
final class ReceivedPackets {
    static final int WINDOW = 1024;
    /** What {@link #writeAck} needs to report at least the newest range. */
    static final int MIN_ACK_BYTES = 1 + 8 + 4 + 1 + 2;

    /** A further range: two distances within the window. */
    private static final int RANGE_BYTES = 2 + 2;

    /** How far back an ACK reaches, once to twice. */
    private static final int ACK_REACH_ROUND_TRIPS = 1;

    /** What a rest leaves: the largest number and so many below it, and ages in steps of 66 µs, up to half a minute. */
    private static final int RECENT = 63;

    private static final int RECENT_BITS = 6;
    private static final int AGE_SHIFT = 16;
    private static final long MAX_AGE = (1L << (31 - 2 * RECENT_BITS)) - 1;

    private static final int ONE_BYTE_VARINT = 63;

    private static final int WORDS = WINDOW / 64;

    private final long[] bits = new long[WORDS];
    private long largest = -1;
    private long largestNanos;
    private long floor;
    private long oldestKnown;
    /** The largest number some round trips ago, and when that was. */
    private long oldNews;

    private long oldNewsNanos;
    /** The largest number when so many messages had been handed up: what left later has later messages. */
    private long markedNumber = -1;

    private long markedMessages;

    /**
     * Begins with what {@link #largest()}, {@link #recent()} and {@link #reach} had said before a rest.
     *
     * @param largestNanos when the largest number arrived, or a little later
     * @param messages how many messages were handed up so far
     */
    void restore(long largest, long largestNanos, long recent, int reach, long messages) {
        Arrays.fill(bits, 0);
        // Numbers too old for the snapshot count as received, or an old datagram could come twice.
        oldestKnown = Math.max(0, largest - RECENT);
        markedMessages = messages;
        markedNumber = largest;
        this.largest = largest;
        this.largestNanos = largestNanos;
        floor = Math.max(oldestKnown, largest - (reach & RECENT));
        oldNews = largest - (reach >> RECENT_BITS & RECENT);
        oldNewsNanos = largestNanos - ((long) (reach >> 2 * RECENT_BITS) << AGE_SHIFT);
        if (largest >= 0) {
            int word = wordOf(largest);
            int bit = (int) (largest & 63);
            bits[word] = recent >>> (63 - bit);
            bits[(word - 1) & (WORDS - 1)] = bit == 63 ? 0 : recent << (bit + 1);
        }
    }

    /** Which of the 64 numbers up to the largest have arrived; the highest bit is the largest. */
    long recent() {
        if (largest < 0) {
            return 0;
        }
        int word = wordOf(largest);
        int bit = (int) (largest & 63);
        long before = bit == 63 ? 0 : bits[(word - 1) & (WORDS - 1)] >>> (bit + 1);
        return bits[word] << (63 - bit) | before;
    }

    /**
     * How far back an ACK reaches: how far below the largest number the lowest one is that is told still, then the same of
     * the old news, then by how much these are older than the given time.
     */
    int reach(long sinceNanos) {
        int age = (int) Math.max(-MAX_AGE, Math.min((sinceNanos - oldNewsNanos) >> AGE_SHIFT, MAX_AGE));
        return (age << RECENT_BITS | below(oldNews)) << RECENT_BITS | below(floor);
    }

    private int below(long number) {
        return (int) Math.max(0, Math.min(largest - number, RECENT));
    }

    long largest() {
        return largest;
    }

    /** When the largest number arrived. */
    long largestNanos() {
        return largestNanos;
    }

    /** Whether this number arrived before, or is too old to know. */
    boolean isDuplicate(long packetNumber) {
        return packetNumber <= largest
                && (packetNumber < oldestKnown || packetNumber <= largest - WINDOW || contains(packetNumber));
    }

    /** Notes a number that is no duplicate; answers whether it left a gap or came late. */
    boolean add(long packetNumber, long nowNanos) {
        boolean inOrder = packetNumber == largest + 1;
        if (packetNumber > largest) {
            long steps = packetNumber - largest;
            if (steps >= WINDOW) {
                Arrays.fill(bits, 0);
            } else {
                for (long number = largest + 1; number < packetNumber; number++) {
                    bits[wordOf(number)] &= ~(1L << number);
                }
            }
            largest = packetNumber;
            largestNanos = nowNanos;
        }
        // A late one is worth telling: it spares the peer from sending its content again.
        floor = Math.min(floor, packetNumber);
        mark(packetNumber);
        return !inOrder;
    }

    /**
     * So many messages were handed up in all. What left before the last {@link Wire#MAX_MESSAGES_LATE} of them or more, and
     * comes now, is dropped as a duplicate: its content was sent again long ago, and the numbers of its messages could be
     * taken for later ones.
     */
    void onDelivered(long messages) {
        if (messages - markedMessages >= Wire.MAX_MESSAGES_LATE) {
            oldestKnown = Math.max(oldestKnown, markedNumber + 1);
            markedMessages = messages;
            markedNumber = largest;
        }
    }

    /** The peer knows that everything up to here has arrived or is lost: no ACK needs to reach lower. */
    void raiseFloor(long lowestToReport) {
        floor = Math.max(floor, lowestToReport);
    }

    /** An ACK need not tell again what it told so many round trips ago: by then the peer has sent again what it misses. */
    void forgetOldNews(long nowNanos, long roundTripNanos) {
        if (nowNanos - oldNewsNanos >= ACK_REACH_ROUND_TRIPS * roundTripNanos) {
            raiseFloor(oldNews);
            oldNews = largest;
            oldNewsNanos = nowNanos;
        }
    }

    /**
     * Writes an ACK segment of at most {@value Wire#MAX_ACK_RANGES} ranges, the newest first.
     *
     * <pre>
     *   type 1 | largest v | delay in us v | n v | first run - 1 v | n x ( gap - 1 v | run - 1 v )
     * </pre>
     *
     * @return the number of ranges written
     */
    int writeAck(WireWriter out, long nowNanos) {
        out.writeByte(Wire.ACK);
        out.writeVarint(largest);
        out.writeVarint(Math.min(Math.max(0, nowNanos - largestNanos) / 1_000, (1 << 30) - 1));
        int countAt = out.position;
        out.writeByte(0);
        long lowest = Math.min(largest, Math.max(floor, largest - WINDOW + 1));
        long first = runStart(largest, extended(largest, lowest));
        out.writeVarint(largest - first);
        int ranges = 0;
        while (ranges < Wire.MAX_ACK_RANGES - 1 && first > lowest && out.remaining() >= RANGE_BYTES) {
            long last = lastReceivedAtOrBelow(first - 1, lowest);
            if (last < lowest) {
                break;
            }
            long start = runStart(last, extended(last, lowest));
            out.writeVarint(first - last - 2);
            out.writeVarint(last - start);
            first = start;
            ranges++;
        }
        out.array[countAt] = (byte) ranges;
        return ranges + 1;
    }

    /** How far down a run is told: as long as that costs no further byte, below the lowest number, too. */
    private long extended(long last, long lowest) {
        return Math.max(Math.min(lowest, last - ONE_BYTE_VARINT), Math.max(0, largest - WINDOW + 1));
    }

    /** The lowest number of the run of received ones that ends at {@code last}. */
    private long runStart(long last, long lowest) {
        long number = last;
        while (number >= lowest) {
            int bit = (int) (number & 63);
            long missing = ~bits[wordOf(number)] << (63 - bit);
            int run = Math.min(Long.numberOfLeadingZeros(missing), bit + 1);
            number -= run;
            if (run <= bit) {
                break;
            }
        }
        return Math.max(number + 1, lowest);
    }

    /** The greatest received number not above {@code number}, or one below {@code lowest} if there is none. */
    private long lastReceivedAtOrBelow(long number, long lowest) {
        while (number >= lowest) {
            int bit = (int) (number & 63);
            long present = bits[wordOf(number)] << (63 - bit);
            int gap = Math.min(Long.numberOfLeadingZeros(present), bit + 1);
            number -= gap;
            if (gap <= bit) {
                break;
            }
        }
        return Math.max(number, lowest - 1);
    }

    private boolean contains(long packetNumber) {
        return (bits[wordOf(packetNumber)] & 1L << packetNumber) != 0;
    }

    private void mark(long packetNumber) {
        bits[wordOf(packetNumber)] |= 1L << packetNumber;
    }

    private static int wordOf(long packetNumber) {
        return (int) (packetNumber & (WINDOW - 1)) >> 6;
    }
}
