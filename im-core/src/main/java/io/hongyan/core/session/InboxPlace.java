// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.session;

import io.hongyan.protocol.Confined;

/**
 * Where a session is in its user's inbox.
 *
 * <pre>
 *   inbox     1 2 3 4 5 6 7 8 9
 *                   ▲     ▲
 *             reached     cursor
 *   counted by the client │ in the outbox, or written and not counted │ still to be handed over
 * </pre>
 *
 * <p>Messages of the chat and the bulk lane pass each other. So what is reached is told only as far as both lanes say: a
 * bound from below, exact whenever nothing is open.
 */
@Confined("the home's lock")
public final class InboxPlace {
    private static final long UNKNOWN = -1;

    private long cursor = UNKNOWN;
    private long chatCounted;
    private long bulkCounted;
    private int chatOpen;
    private int bulkOpen;
    private long told;
    private boolean reading;
    private boolean cramped;
    private boolean caughtUp;

    /** Whether it is known by now; before, it takes no message. */
    public boolean isKnown() {
        return cursor != UNKNOWN;
    }

    /** The device has everything up to this position. */
    public void begin(long position) {
        cursor = position;
        chatCounted = position;
        bulkCounted = position;
        told = position;
    }

    /** It goes on where another session of the device was, with what that one held. */
    public void takeOver(InboxPlace other) {
        cursor = other.cursor;
        chatCounted = other.chatCounted;
        bulkCounted = other.bulkCounted;
        chatOpen = other.chatOpen;
        bulkOpen = other.bulkOpen;
        told = other.told;
        caughtUp = other.caughtUp;
    }

    /** It was handed everything up to this position. */
    public long cursor() {
        return cursor;
    }

    /** There is nothing for it up to a position. */
    public void passed(long position) {
        cursor = position;
    }

    /** A message is in its outbox from now on. */
    public void handed(Delivery delivery) {
        cursor = delivery.position();
        if (delivery.isBulk()) {
            bulkOpen++;
        } else {
            chatOpen++;
        }
    }

    /** The client has counted a message. */
    public void counted(Delivery delivery) {
        dropped(delivery);
        if (!delivery.isInInbox()) {
            return;
        }
        if (delivery.isBulk()) {
            bulkCounted = delivery.position();
        } else {
            chatCounted = delivery.position();
        }
    }

    /** A message is not in its outbox any more. */
    public void dropped(Delivery delivery) {
        if (!delivery.isInInbox()) {
            return;
        }
        if (delivery.isBulk()) {
            bulkOpen--;
        } else {
            chatOpen--;
        }
    }

    /**
     * Up to where the client has everything, if that is news.
     *
     * @return -1 when it is not
     */
    public long takeReached() {
        long reached = Math.min(chatOpen == 0 ? cursor : chatCounted, bulkOpen == 0 ? cursor : bulkCounted);
        if (reached <= told) {
            return UNKNOWN;
        }
        told = reached;
        return reached;
    }

    /** Whether the inbox ended where it was last read for the session. */
    public boolean isCaughtUp() {
        return caughtUp;
    }

    public void caughtUp(boolean isCaughtUp) {
        caughtUp = isCaughtUp;
    }

    /** Whether a page is being read for it, or its place is asked for. */
    public boolean isReading() {
        return reading;
    }

    public void reading(boolean isReading) {
        reading = isReading;
    }

    /** Whether it had no room for what came next: nothing is read for it until that has changed. */
    public boolean isCramped() {
        return cramped;
    }

    public void cramped(boolean isCramped) {
        cramped = isCramped;
    }
}
