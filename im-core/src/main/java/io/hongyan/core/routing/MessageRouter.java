// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.routing;

import io.hongyan.core.metrics.Metric;
import io.hongyan.core.session.Delivery;
import io.hongyan.core.session.HopBatch;
import io.hongyan.core.session.Sender;
import io.hongyan.core.session.SessionRegistry;
import io.hongyan.core.store.Appended;
import io.hongyan.core.store.ConversationId;
import io.hongyan.core.store.Envelope;
import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.Chunker;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.UserId;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Decides where a message goes: stop 5 of its walk. Messages brought by one thread for one user keep their order.
 *
 * <p>A message too large for one frame travels in the bulk lane, whatever lane its sender chose, since its chunks take
 * turns with chat.
 */
@ThreadSafe
public final class MessageRouter {
    /** More than the fields of a message before its payload, and the frame's header, can take. */
    private static final int MOST_HEAD_BYTES = 1024;

    private final Mailboxes mailboxes;
    private final SessionRegistry<Mailbox> registry;
    private final int maxFrameBytes;

    public MessageRouter(Mailboxes mailboxes, int maxFrameBytes) {
        this.mailboxes = mailboxes;
        this.registry = mailboxes.registry();
        this.maxFrameBytes = maxFrameBytes;
    }

    /**
     * Routes a message of the chat or bulk lane, whose server fields are filled.
     *
     * @param sender who hears when it is delivered and read
     * @param batch the calling loop's; null on other threads
     */
    public Routed route(Message message, Sender sender, @Nullable HopBatch batch) {
        Message fitting = inFittingLane(message);
        Address to = fitting.to();
        if (to instanceof Address.User user) {
            sender.routed(message.id().counter(), user.user());
            return toUser(user.user(), fitting, sender, batch);
        }
        if (to instanceof Address.Device device) {
            sender.routed(message.id().counter(), device.user());
            Mailbox mailbox = registry.find(device.user());
            return Routed.settled(
                    mailbox == null
                            ? ReasonCode.RECIPIENT_OFFLINE
                            : mailbox.deliverTo(device.device(), fitting, sender, batch));
        }
        return Routed.settled(ReasonCode.NOT_SUPPORTED);
    }

    /** Routes an ephemeral message: to who is here and has room now. */
    public void routeEphemeral(Message message, @Nullable HopBatch batch) {
        Address to = message.to();
        if (to instanceof Address.User user) {
            Mailbox mailbox = registry.find(user.user());
            if (mailbox != null) {
                mailbox.deliverEphemeral(message, batch);
                return;
            }
        } else if (to instanceof Address.Device device) {
            Mailbox mailbox = registry.find(device.user());
            if (mailbox != null && mailbox.deliverTo(device.device(), message, null, batch) == ReasonCode.OK) {
                return;
            }
        }
        mailboxes.metrics().add(Metric.EPHEMERAL_DROPPED, 1);
    }

    /**
     * Routes a message to every user who is here now; all share one frame. It comes into no inbox: a session that has no room
     * for it goes without, which counts as undeliverable.
     *
     * @return to how many
     */
    public int broadcast(Message message, Sender sender) {
        Message fitting = inFittingLane(message);
        Delivery shared = new Delivery(fitting, null, Delivery.NOWHERE);
        int users = 0;
        for (Mailbox mailbox : registry.homes()) {
            if (mailbox.sessions().length == 0) {
                continue;
            }
            users++;
            if (fitting.lane() == Lane.EPHEMERAL) {
                mailbox.deliverEphemeral(fitting, null);
            } else {
                int missed = mailbox.sessions().length - mailbox.deliverUnkept(fitting, sender, shared, null);
                if (missed > 0) {
                    mailboxes.metrics().add(Metric.MESSAGES_UNDELIVERABLE, missed);
                }
            }
        }
        return users;
    }

    private Routed toUser(UserId user, Message message, Sender sender, @Nullable HopBatch batch) {
        ReasonCode refusal = mailboxes.refusalFor(user);
        if (refusal != null) {
            return Routed.settled(refusal);
        }
        if (message.lane() == Lane.BULK && !mailboxes.hasRoomForBulk(user, Delivery.cost(message))) {
            return Routed.settled(ReasonCode.BACKPRESSURED);
        }
        Envelope envelope = envelope(user, message);
        CompletableFuture<Appended> answer = mailboxes.append(envelope);
        if (answer.isDone()) {
            return Routed.settled(
                    answer.handle((appended, failure) -> settled(envelope, user, sender, appended, failure, batch))
                            .getNow(ReasonCode.STORE_UNAVAILABLE));
        }
        return new Routed.Open(
                answer.handle((appended, failure) -> settled(envelope, user, sender, appended, failure, null)));
    }

    /** What it is ordered within, and who gets it: the recipient, and the sender's other devices. */
    private Envelope envelope(UserId to, Message message) {
        if (!(message.from() instanceof Address.User from)) {
            return new Envelope(ConversationId.ofServer(to), message, List.of(to));
        }
        boolean copied = !from.user().equals(to) && mailboxes.copies(from.user());
        return new Envelope(
                ConversationId.ofUsers(from.user(), to), message, copied ? List.of(to, from.user()) : List.of(to));
    }

    private ReasonCode settled(
            Envelope envelope,
            UserId recipient,
            Sender sender,
            @Nullable Appended appended,
            @Nullable Throwable failure,
            @Nullable HopBatch batch) {
        if (appended == null) {
            mailboxes.storeFailed(failure == null ? new NullPointerException("no answer") : failure);
            mailboxes.lookAgain(envelope.inboxes());
            return ReasonCode.STORE_UNAVAILABLE;
        }
        if (appended.code() != ReasonCode.OK) {
            boolean slow = appended.code() == ReasonCode.INBOX_FULL && mailboxes.isAnybodyAttached(recipient);
            return slow ? ReasonCode.BACKPRESSURED : appended.code();
        }
        if (appended.repeated()) {
            mailboxes.lookAgain(envelope.inboxes());
            mailboxes.tellIfDelivered(
                    recipient,
                    envelope.conversation(),
                    appended.sequence(),
                    sender,
                    envelope.message().id().counter());
        } else {
            Message placed = envelope.placed(appended.sequence(), appended.timeMillis());
            for (int i = 0; i < envelope.inboxes().size(); i++) {
                UserId user = envelope.inboxes().get(i);
                boolean copy = !user.equals(recipient);
                mailboxes.committed(user, appended.positions().get(i), placed, copy ? null : sender, copy, batch);
            }
        }
        return ReasonCode.OK;
    }

    private Message inFittingLane(Message message) {
        if (message.lane() != Lane.CHAT || message.payload().size() <= maxFrameBytes - MOST_HEAD_BYTES) {
            return message;
        }
        return Chunker.fits(message, maxFrameBytes) ? message : message.withLane(Lane.BULK);
    }
}
