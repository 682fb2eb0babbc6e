// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.routing;

import io.hongyan.core.session.HopBatch;
import io.hongyan.core.session.Sender;
import io.hongyan.core.session.Session;
import io.hongyan.core.session.WorkerLane;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.packet.UserId;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of the messages of one client instance: which of its last {@value #WIDTH} counters were taken, which
 * of them are undecided, which were delivered. It outlives sessions, so that a message sent again after a reconnect is
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

    // All guarded by this.
    private long high;
    private long @Nullable [] seen;
    private long @Nullable [] delivered;
    private long @Nullable [] open;
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
        /** Older than what is remembered. */
        TOO_OLD
    }

    InstanceWindow(UserId user, long instance) {
        this.user = user;
        this.instance = instance;
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
        } else {
            for (long passed = high + 1; passed <= counter; passed++) {
                clear(seen, passed);
                clear(delivered, passed);
                clear(open, passed);
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
