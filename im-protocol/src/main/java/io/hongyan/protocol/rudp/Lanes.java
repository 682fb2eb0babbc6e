// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import io.hongyan.protocol.Lane;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The ordered lanes of one connection, both halves, by their codes on the wire: 0 chat, 1 bulk. While something is under
 * way they are the {@link HotState}'s; of a connection at rest only their counts are left, and nobody may ask for them.
 */
final class Lanes {
    static final int CHAT = 0;
    static final int BULK = 1;

    private @Nullable HotState hot;

    // At rest.
    private long chatNextOut;
    private long chatChargedBytes;
    private int chatCreditAheadBytes = Wire.INITIAL_CREDIT_BYTES;
    private long chatNextIn;
    private long chatReceivedBytes;
    private int chatUnconsumedBytes;
    private int chatGrantedAheadBytes = Wire.INITIAL_CREDIT_BYTES;

    private int bulkCreditAheadBytes = Wire.INITIAL_CREDIT_BYTES;
    private int bulkGrantedAheadBytes = Wire.INITIAL_CREDIT_BYTES;
    /** Null until there was bulk, which most connections never have. */
    private @Nullable BulkCounts bulk;

    SendLane out(int code) {
        return code == CHAT ? hot().chatOut : hot().bulkOut;
    }

    SendLane out(Lane lane) {
        return lane == Lane.CHAT ? hot().chatOut : hot().bulkOut;
    }

    ReceiveLane in(int code) {
        return code == CHAT ? hot().chatIn : hot().bulkIn;
    }

    /** The connection's rest is over. */
    void attach(HotState hot) {
        this.hot = hot;
        hot.chatOut.attach(hot.chatQueue);
        hot.bulkOut.attach(hot.bulkQueue);
        hot.chatIn.attach(hot.chatEarly);
        hot.bulkIn.attach(hot.bulkEarly);
        hot.chatOut.resume(chatNextOut, chatChargedBytes, chatCreditAheadBytes);
        hot.chatIn.resume(chatNextIn, chatReceivedBytes, chatUnconsumedBytes, chatGrantedAheadBytes);
        BulkCounts bulk = this.bulk;
        if (bulk == null) {
            hot.bulkOut.resume(0, 0, bulkCreditAheadBytes);
            hot.bulkIn.resume(0, 0, 0, bulkGrantedAheadBytes);
        } else {
            hot.bulkOut.resume(bulk.nextOut, bulk.chargedBytes, bulkCreditAheadBytes);
            hot.bulkIn.resume(bulk.nextIn, bulk.receivedBytes, bulk.unconsumedBytes, bulkGrantedAheadBytes);
        }
    }

    /** A rest begins: nothing waits in any lane. */
    void detach() {
        HotState hot = hot();
        chatNextOut = hot.chatOut.next();
        chatChargedBytes = hot.chatOut.chargedBytes();
        chatCreditAheadBytes = hot.chatOut.creditAheadBytes();
        chatNextIn = hot.chatIn.next();
        chatReceivedBytes = hot.chatIn.receivedBytes();
        chatUnconsumedBytes = hot.chatIn.unconsumedBytes();
        chatGrantedAheadBytes = hot.chatIn.grantedAheadBytes();
        bulkCreditAheadBytes = hot.bulkOut.creditAheadBytes();
        bulkGrantedAheadBytes = hot.bulkIn.grantedAheadBytes();
        if (hot.bulkOut.next() > 0 || hot.bulkIn.receivedBytes() > 0) {
            BulkCounts bulk = this.bulk == null ? new BulkCounts() : this.bulk;
            bulk.nextOut = hot.bulkOut.next();
            bulk.chargedBytes = hot.bulkOut.chargedBytes();
            bulk.nextIn = hot.bulkIn.next();
            bulk.receivedBytes = hot.bulkIn.receivedBytes();
            bulk.unconsumedBytes = hot.bulkIn.unconsumedBytes();
            this.bulk = bulk;
        }
        hot.chatOut.detach();
        hot.bulkOut.detach();
        hot.chatIn.detach();
        hot.bulkIn.detach();
        this.hot = null;
    }

    /** The connection, at rest, has ended: nothing arrives any more that was promised to be taken. */
    void endPromises(RudpConfig config, GrowthBudget growth) {
        growth.giveBack(ReceiveLane.promisedGrowth(config.receiveWindowBytes(), bulkGrantedAheadBytes));
        bulkGrantedAheadBytes = 0;
    }

    private HotState hot() {
        return Objects.requireNonNull(hot);
    }

    /** Drops all that was to be sent. */
    void clear() {
        hot().chatOut.clear();
        hot().bulkOut.clear();
    }

    /** Whether any message could leave now, as far as the peer's credit reaches. */
    boolean hasToSend() {
        return hot().chatOut.nextToSend() >= 0 || hot().bulkOut.nextToSend() >= 0;
    }

    /** The length of the longest message that is to arrive still. */
    int longestBytes() {
        return Math.max(hot().chatOut.longestBytes(), hot().bulkOut.longestBytes());
    }

    /** Whether all that was sent has arrived. */
    boolean isDelivered() {
        return hot().chatOut.isEmpty() && hot().bulkOut.isEmpty();
    }

    /** Whether nothing waits for earlier messages of the peer. */
    boolean isReceived() {
        return hot().chatIn.isEmpty() && hot().bulkIn.isEmpty();
    }

    /** How many messages were handed up so far. */
    long delivered() {
        return hot().chatIn.next() + hot().bulkIn.next();
    }

    /** Whether the peer should hear of more credit. */
    boolean shouldGrant() {
        return hot().chatIn.shouldGrant() || hot().bulkIn.shouldGrant();
    }

    /** What a reference of a sent datagram names has arrived. */
    void onAcked(long what, long range) {
        out((int) what & 1).onAcked(what >>> 1, range);
    }

    /** What a reference of a sent datagram names must be sent again. */
    void onLost(long what, long range) {
        out((int) what & 1).onLost(what >>> 1, range);
    }

    /** What is left of the bulk lane at rest. */
    private static final class BulkCounts {
        long nextOut;
        long chargedBytes;
        long nextIn;
        long receivedBytes;
        int unconsumedBytes;
    }
}
