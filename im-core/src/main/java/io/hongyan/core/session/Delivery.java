// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.session;

import io.hongyan.protocol.Confined;
import io.hongyan.protocol.Lane;
import io.hongyan.protocol.frame.Frame;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.PacketCodec;
import io.hongyan.protocol.packet.Read;
import org.jspecify.annotations.Nullable;

/**
 * One message on its way to one user, shared by his sessions: they share the encoded frame, and the first of them that
 * counts it makes it done. A READ receipt is counted like a message, so it travels as one, to one session, and is done
 * from the beginning: nobody waits for its count, and who lets go of it loses nothing.
 */
@Confined("the recipient's mailbox lock, but for the frame")
public final class Delivery {
    /** Bytes reserved for a message besides its payload. */
    public static final int OVERHEAD_BYTES = 256;

    /** The position of what is in no inbox. */
    public static final long NOWHERE = 0;

    private static final int RANGE_BYTES = 16;

    private final @Nullable Message message;
    private final @Nullable Read receipt;
    private final @Nullable Sender sender;
    private final @Nullable Delivery first;
    private final long position;
    private boolean reservedInNode;
    private boolean done;
    private boolean goneFromStore;
    private int holders;
    private @Nullable Encoded encoded;

    /**
     * @param sender who hears that it was delivered; null when that is still to be found out
     * @param position its place in the recipient's inbox, {@link #NOWHERE} for none
     */
    public Delivery(Message message, @Nullable Sender sender, long position) {
        this(message, sender, position, null);
    }

    /** The same message to another user, encoded once with the first one. */
    public Delivery(Message message, @Nullable Sender sender, long position, @Nullable Delivery first) {
        this.message = message;
        this.receipt = null;
        this.sender = sender;
        this.position = position;
        this.first = first;
    }

    /** A receipt for one session. */
    Delivery(Read receipt) {
        this.message = null;
        this.receipt = receipt;
        this.sender = null;
        this.position = NOWHERE;
        this.first = null;
        this.done = true;
    }

    /** @throws IllegalStateException when it is a receipt */
    public Message message() {
        Message carried = message;
        if (carried == null) {
            throw new IllegalStateException("a receipt carries no message");
        }
        return carried;
    }

    /** Whether it is a READ receipt, and no message. */
    boolean isReceipt() {
        return receipt != null;
    }

    /** The lane it travels in. */
    public Lane lane() {
        return message == null ? Lane.CHAT : message.lane();
    }

    public @Nullable Sender sender() {
        return sender;
    }

    /** Its place in the recipient's inbox. */
    public long position() {
        return position;
    }

    /** Whether it is in the recipient's inbox; what is not goes with the sessions that have it. */
    public boolean isInInbox() {
        return position != NOWHERE;
    }

    /** Bytes to reserve for it. */
    public int cost() {
        return receipt == null
                ? cost(message())
                : OVERHEAD_BYTES + RANGE_BYTES * receipt.counters().ranges();
    }

    /** Bytes to reserve for a message. */
    public static int cost(Message message) {
        return message.payload().size() + OVERHEAD_BYTES;
    }

    public boolean isBulk() {
        return lane() == Lane.BULK;
    }

    /** Whether sessions count it. */
    public boolean isCounted() {
        return lane() != Lane.EPHEMERAL;
    }

    /** Whether a first session has counted it, or nobody is to count it any more. */
    public boolean isDone() {
        return done;
    }

    /** Marks it done; false when it was. */
    public boolean finish() {
        boolean first = !done;
        done = true;
        return first;
    }

    /** One more session is to write it, or to have it counted. */
    public void held() {
        holders++;
    }

    /** A session does not hold it any more. @return whether it was the last that did */
    public boolean letGo() {
        return holders > 0 && --holders == 0;
    }

    /** Whether a session is to write it, or to have it counted. */
    public boolean isHeld() {
        return holders > 0;
    }

    /** Whether the store has let go of it, since its time to live has run out. */
    public boolean isGoneFromStore() {
        return goneFromStore;
    }

    /** The store has let go of it. */
    public void goneFromStore() {
        goneFromStore = true;
    }

    /** Whether it holds a part of the node's bulk budget. */
    public boolean isReservedInNode() {
        return reservedInNode;
    }

    /** It holds a part of the node's bulk budget, or gave it back. */
    public void reservedInNode(boolean reserved) {
        reservedInNode = reserved;
    }

    /**
     * The message as a frame of this format. Made once per format in a row; two loops that make it at the same time make
     * equal ones.
     */
    public Frame frame(PacketCodec codec) {
        if (first != null) {
            return first.frame(codec);
        }
        Encoded known = encoded;
        if (known == null || known.codec != codec) {
            known = new Encoded(codec, codec.encode(receipt == null ? message() : receipt));
            encoded = known;
        }
        return known.frame;
    }

    /** Final fields, so that another thread that sees it sees it whole. */
    private static final class Encoded {
        private final PacketCodec codec;
        private final Frame frame;

        Encoded(PacketCodec codec, Frame frame) {
            this.codec = codec;
            this.frame = frame;
        }
    }
}
