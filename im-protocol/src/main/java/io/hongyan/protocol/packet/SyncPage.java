// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

/**
 * Server to client: a page of the inbox ends here.
 *
 * <pre>
 *   afterPosition      lostThroughPosition       throughPosition
 *        |-- cannot be had any more --|-- messages of this page --|
 * </pre>
 *
 * @param afterPosition as the SYNC asked
 * @param throughPosition inbox sequence this page reaches; the next SYNC begins here
 * @param lostThroughPosition where a gap ends that cannot be filled; {@code afterPosition} when there is none
 * @param messages number of messages sent in the page, 0 to 65535
 * @param last whether the device has all there is; from here on messages come live
 */
public record SyncPage(long afterPosition, long throughPosition, long lostThroughPosition, int messages, boolean last)
        implements Packet {
    public SyncPage {
        Numbers.require("throughPosition", throughPosition, 0, Varint.MAX);
        Numbers.require("afterPosition", afterPosition, 0, throughPosition);
        Numbers.require("lostThroughPosition", lostThroughPosition, afterPosition, throughPosition);
        Numbers.requireU16("messages", messages);
    }

    /** Whether messages were lost for this device. */
    public boolean hasGap() {
        return lostThroughPosition > afterPosition;
    }

    @Override
    public PacketType packetType() {
        return PacketType.SYNC_PAGE;
    }

    @Override
    public <R> R accept(Handler<R> handler) {
        return handler.onSyncPage(this);
    }
}
