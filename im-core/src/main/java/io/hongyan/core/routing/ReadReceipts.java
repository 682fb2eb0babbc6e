// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.routing;

import io.hongyan.core.metrics.ImMetrics;
import io.hongyan.core.metrics.Metric;
import io.hongyan.core.session.HopBatch;
import io.hongyan.core.session.Sender;
import io.hongyan.core.session.Session;
import io.hongyan.core.session.UserSessions;
import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.CounterRanges;
import io.hongyan.protocol.packet.Read;
import io.hongyan.protocol.packet.UserId;

/**
 * What recipients say of having read messages, on its way to who sent them.
 *
 * <pre>
 *   READ of a recipient ──► is it his, remembered, and news? ──► the sending client, if it is here
 *                                   │ no: nothing happens     ├─► the reader's other devices
 *                                                             └─► DeliveryListener.onRead
 * </pre>
 *
 * <p>What can be checked without a store is what the sender's {@link InstanceWindow} remembers: its last 1024 counters,
 * which of them were accepted, to whom each went, and which were read. So each message is read once at most, by the user
 * it went to; a READ of anything else costs a look at a bitmap.
 */
@ThreadSafe
public final class ReadReceipts {
    private final Senders senders;
    private final DeliveryEvents events;
    private final ImMetrics metrics;

    public ReadReceipts(Senders senders, DeliveryEvents events, ImMetrics metrics) {
        this.senders = senders;
        this.events = events;
        this.metrics = metrics;
    }

    /** A device says that messages were read. On its owner. */
    public void read(Session device, Read read, HopBatch batch) {
        UserId reader = device.info().user();
        Sender sender = senders.of(read.user(), read.instance());
        if (sender == null) {
            return;
        }
        Address from = read.user() == null ? Address.server() : new Address.User(read.user());
        for (CounterRanges news = sender.read(reader, read.counters(), batch);
                news != null;
                news = sender.read(reader, read.counters(), batch)) {
            metrics.add(Metric.MESSAGES_READ, news.counters());
            tellOtherDevices(device, new Read(reader, read.instance(), news), batch);
            events.read(reader, from, read.instance(), news);
        }
    }

    private static void tellOtherDevices(Session device, Read read, HopBatch batch) {
        UserSessions home = device.home();
        if (home != null) {
            for (Session other : home.sessions()) {
                if (other != device) {
                    other.tellRead(read, batch);
                }
            }
        }
    }
}
