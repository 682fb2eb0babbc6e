// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.routing;

import io.hongyan.core.session.HopBatch;
import io.hongyan.core.session.Sender;
import io.hongyan.core.session.Session;
import io.hongyan.core.session.WorkerLane;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.packet.CounterRanges;
import io.hongyan.protocol.packet.Read;
import io.hongyan.protocol.packet.UserId;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of the messages of one client instance: which of its last {@value #WIDTH} counters were taken, which
 * of them are undecided, which were delivered, which were read, and who may say so. It outlives sessions, so that a message sent again after a reconnect is
 * answered and not delivered twice; and it knows the session that answers go to now.
 *
 * <pre>
 *   counters   ... too old │ 1024 remembered, by bit │ not seen yet ...
 *                                            high ───┘
 * </pre>
 */
@ThreadSafe
public final class InstanceWindow implements Sender {
    /** Counters remembered behind the highest one. */
    static final int WIDTH = 1024;

    private static final int WORDS = WIDTH / Long.SIZE;

    private final UserId user;
    private final long instance;
    private final Fingerprints fingerprints;

    // All guarded by this.
    private long high;
    private long @Nullable [] seen;
    private long @Nullable [] delivered;
    private long @Nullable [] open;
    private long @Nullable [] read;
    private @Nullable Recipients recipients;
    private @Nullable Session session;
    private @Nullable WorkerLane lane;

    /** How a message stands with what is remembered. */
    public enum Standing {
        /** Never seen: it is taken from now on. */
        NEW,
        /** Taken before, and not decided: the answer will come. */
        OPEN,
        /** Accepted before. */
        ACCEPTED,
        /** Accepted and delivered before. */
        DELIVERED,
        /** Accepted, delivered and read before. */
        READ,
        /** Older than what is remembered. */
        TOO_OLD
    }

    InstanceWindow(UserId user, long instance, Fingerprints fingerprints) {
        this.user = user;
        this.instance = instance;
        this.fingerprints = fingerprints;
    }

    /** Takes a message, unless it was taken before. */
    public synchronized Standing take(long counter) {
        Standing standing = standing(counter);
        if (standing == Standing.NEW) {
            if (counter > high) {
                advance(counter);
            }
            seen = set(seen, counter);
        }
        return standing;
    }

    /** How a message stands; it is not taken. */
    public synchronized Standing standing(long counter) {
        if (counter > high) {
            return Standing.NEW;
        }
        if (counter <= high - WIDTH) {
            return Standing.TOO_OLD;
        }
        if (!isSet(seen, counter)) {
            return Standing.NEW;
        }
        if (isSet(read, counter)) {
            return Standing.READ;
        }
        return isSet(open, counter)
                ? Standing.OPEN
                : isSet(delivered, counter) ? Standing.DELIVERED : Standing.ACCEPTED;
    }

    /** The message just taken is decided later, by {@link #settled}. */
    public synchronized void open(long counter) {
        open = set(open, counter);
    }

    /** The message just taken was refused: it may come again. */
    public synchronized void forget(long counter) {
        if (isRemembered(counter)) {
            clear(seen, counter);
            clear(open, counter);
        }
    }

    @Override
    public void settled(long counter, ReasonCode code, @Nullable HopBatch batch) {
        Session told;
        synchronized (this) {
            if (code != ReasonCode.OK) {
                forget(counter);
            } else if (isRemembered(counter)) {
                clear(open, counter);
            }
            told = session;
        }
        if (told != null) {
            told.answers().settled(counter, code);
            told.wake(batch, 0);
        }
    }

    @Override
    public void delivered(long counter, @Nullable HopBatch batch) {
        Session told;
        synchronized (this) {
            if (isRemembered(counter)) {
                delivered = set(delivered, counter);
            }
            told = session;
        }
        if (told != null) {
            told.answers().delivered(counter);
            told.wake(batch, 0);
        }
    }

    @Override
    public void routed(long counter, UserId to) {
        short fingerprint = fingerprints.of(to);
        synchronized (this) {
            if (isRemembered(counter)) {
                Recipients known = recipients;
                if (known == null) {
                    known = new Recipients(counter);
                    recipients = known;
                }
                known.put(counter, fingerprint);
            }
        }
    }

    @Override
    public @Nullable CounterRanges read(UserId reader, CounterRanges counters, @Nullable HopBatch batch) {
        CounterRanges news;
        Session told;
        synchronized (this) {
            news = unread(fingerprints.of(reader), counters);
            told = session;
        }
        if (news != null && told != null) {
            told.tellRead(new Read(reader, instance, news), batch);
        }
        return news;
    }

    /** Those that went to him and were not read before; they are now. */
    private @Nullable CounterRanges unread(short reader, CounterRanges counters) {
        Recipients known = recipients;
        if (known == null) {
            return null;
        }
        CounterRanges.Builder found = new CounterRanges.Builder();
        for (int i = 0; i < counters.ranges(); i++) {
            long last = Math.min(counters.last(i), high);
            for (long counter = Math.max(counters.first(i), high - WIDTH + 1); counter <= last; counter++) {
                if (isSet(seen, counter) && !isSet(read, counter) && known.isTo(counter, reader)) {
                    if (!found.add(counter)) {
                        return found.build();
                    }
                    read = set(read, counter);
                }
            }
        }
        return found.isEmpty() ? null : found.build();
    }

    /**
     * Answers go to this session from now on. It goes on in the lane of the session before, where messages may still wait
     * that are older than any it will bring.
     */
    synchronized void session(Session session) {
        this.session = session;
        WorkerLane known = lane;
        if (known != null) {
            session.lane(known);
        }
    }

    /** The lane that this instance's messages and events run in, from now on; null when it needs none yet. */
    public synchronized void lane(@Nullable WorkerLane lane) {
        this.lane = lane;
    }

    /** The session has ended. @return whether answers went to it, so that now they go nowhere */
    synchronized boolean release(Session ended) {
        if (session != ended) {
            return false;
        }
        session = null;
        return true;
    }

    synchronized boolean hasSession() {
        return session != null;
    }

    UserId user() {
        return user;
    }

    long instance() {
        return instance;
    }

    private void advance(long counter) {
        if (counter - high >= WIDTH) {
            seen = null;
            delivered = null;
            open = null;
            read = null;
            recipients = null;
        } else {
            for (long passed = high + 1; passed <= counter; passed++) {
                clear(seen, passed);
                clear(delivered, passed);
                clear(open, passed);
                clear(read, passed);
            }
            if (recipients != null) {
                recipients.advance(counter);
            }
        }
        high = counter;
    }

    private boolean isRemembered(long counter) {
        return counter <= high && counter > high - WIDTH;
    }

    private static boolean isSet(long @Nullable [] bits, long counter) {
        return bits != null && (bits[word(counter)] & 1L << counter) != 0;
    }

    private static long[] set(long @Nullable [] bits, long counter) {
        long[] words = bits == null ? new long[WORDS] : bits;
        words[word(counter)] |= 1L << counter;
        return words;
    }

    private static void clear(long @Nullable [] bits, long counter) {
        if (bits != null) {
            bits[word(counter)] &= ~(1L << counter);
        }
    }

    private static int word(long counter) {
        return (int) (counter & WIDTH - 1) >>> 6;
    }
}
