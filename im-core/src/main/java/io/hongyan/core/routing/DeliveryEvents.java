// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.routing;

import io.hongyan.core.listener.DeliveryListener;
import io.hongyan.core.session.ListenerInvoker;
import io.hongyan.core.session.PauseReason;
import io.hongyan.core.session.Session;
import io.hongyan.core.session.WorkerLane;
import io.hongyan.core.session.WorkerPool;
import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.CounterRanges;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.MessageId;
import io.hongyan.protocol.packet.UserId;
import java.util.List;
import java.util.function.Consumer;

/**
 * Tells listeners what becomes of messages, in order per recipient, on lanes shared by many recipients. Whoever causes
 * events asks now and then whether the lane is full, and rests until it is half empty.
 */
@ThreadSafe
public final class DeliveryEvents {
    private static final int LANES = 64;

    private final List<DeliveryListener> listeners;
    private final WorkerPool pool;
    private final WorkerLane[] lanes;
    private final int bound;

    /** @param bound events that wait in a lane before it is full */
    public DeliveryEvents(List<DeliveryListener> listeners, WorkerPool pool, int bound) {
        this.listeners = List.copyOf(listeners);
        this.pool = pool;
        this.bound = bound;
        this.lanes = new WorkerLane[listeners.isEmpty() ? 0 : LANES];
        for (int i = 0; i < lanes.length; i++) {
            lanes[i] = pool.newLane(bound);
        }
    }

    /** Whether nobody listens, so that nothing needs to be told. */
    public boolean isSilent() {
        return lanes.length == 0;
    }

    /** Lets a session that causes events of this recipient rest while too many of them wait. On its owner. */
    public void restWhileFull(UserId recipient, Session session) {
        if (isFull(recipient) && session.gate().pause(PauseReason.EVENTS)) {
            laneOf(recipient).whenHalfEmpty(() -> session.resumeReading(PauseReason.EVENTS));
        }
    }

    /** As {@link #restWhileFull}, soon, from any other thread. */
    public void restSoonWhileFull(UserId recipient, Session session) {
        if (isFull(recipient)) {
            session.execute(() -> restWhileFull(recipient, session));
        }
    }

    private boolean isFull(UserId recipient) {
        return !isSilent() && laneOf(recipient).size() >= bound;
    }

    void stored(UserId recipient, Message message) {
        tell(recipient, invoker -> invoker.stored(listeners, recipient, message));
    }

    void delivered(UserId recipient, Message message) {
        tell(recipient, invoker -> invoker.delivered(listeners, recipient, message));
    }

    /** One task, however many they are. */
    void read(UserId reader, Address from, long instance, CounterRanges counters) {
        tell(reader, invoker -> {
            for (int i = 0; i < counters.ranges(); i++) {
                for (long counter = counters.first(i); counter <= counters.last(i); counter++) {
                    invoker.read(listeners, reader, from, new MessageId(instance, counter));
                }
            }
        });
    }

    void expired(UserId recipient, Message message) {
        tell(recipient, invoker -> invoker.expired(listeners, recipient, message));
    }

    void recipientOffline(UserId recipient, Message message) {
        tell(recipient, invoker -> invoker.recipientOffline(listeners, recipient, message));
    }

    private void tell(UserId recipient, Consumer<ListenerInvoker> call) {
        if (isSilent()) {
            return;
        }
        laneOf(recipient).submit(() -> call.accept(pool.invoker()));
    }

    private WorkerLane laneOf(UserId recipient) {
        int hash = recipient.hashCode();
        return lanes[(hash ^ hash >>> 16) & LANES - 1];
    }
}
