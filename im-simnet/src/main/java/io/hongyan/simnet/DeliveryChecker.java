// SPDX-License-Identifier: Apache-2.0
package io.hongyan.simnet;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Judges whether messages were delivered as promised: a test tells it what was sent, answered and received, and it
 * tells the test what is missing, doubled, out of order or out of thin air.
 *
 * <p>Messages are known by (sender, recipient, lane, id). The sender, recipient and lane are names of the test's
 * choice: users, devices, sessions; the id is anything with {@code equals}, {@code hashCode} and {@code toString}, and
 * must be unique for its sender, recipient and lane. Tell {@link #sent} before handing the message to what is tested,
 * since it may arrive at once.
 *
 * <p>Thread-safe, by one lock. Where several threads send for one sender, recipient and lane, the test must hold a lock
 * of its own around {@link #sent} and the sending, or the order means nothing.
 */
public final class DeliveryChecker {

    private final Map<Flow, History> histories = new LinkedHashMap<>();
    private final Set<String> unorderedLanes = new HashSet<>();

    /** Order is not judged on this lane. */
    public synchronized DeliveryChecker unordered(String lane) {
        unorderedLanes.add(lane);
        return this;
    }

    /**
     * A message is about to be sent.
     *
     * @throws IllegalArgumentException if this sender, recipient and lane have used the id before
     */
    public synchronized void sent(String sender, String recipient, String lane, Object id) {
        History history = history(sender, recipient, lane);
        Objects.requireNonNull(id, "id");
        if (history.messages.putIfAbsent(id, new Message(history.messages.size())) != null) {
            throw new IllegalArgumentException("sent before: " + sender + " > " + recipient + " [" + lane + "] " + id);
        }
    }

    /** The sender was told that the message will arrive. Told twice is told once. */
    public synchronized void acknowledged(String sender, String recipient, String lane, Object id) {
        History history = history(sender, recipient, lane);
        Message message = history.messages.get(id);
        if (message == null) {
            history.offences.add(DeliveryViolation.CONTRADICTORY_ANSWER, id, "acknowledged, never sent");
        } else {
            message.acknowledged = true;
        }
    }

    /** The sender was told that the message will not arrive. Told twice is told once. */
    public synchronized void refused(String sender, String recipient, String lane, Object id) {
        History history = history(sender, recipient, lane);
        Message message = history.messages.get(id);
        if (message == null) {
            history.offences.add(DeliveryViolation.CONTRADICTORY_ANSWER, id, "refused, never sent");
        } else {
            message.refused = true;
        }
    }

    /** The recipient got the message. */
    public synchronized void received(String sender, String recipient, String lane, Object id) {
        History history = history(sender, recipient, lane);
        history.received++;
        Message message = history.messages.get(id);
        if (message == null) {
            history.offences.add(DeliveryViolation.PHANTOM, id, "");
            return;
        }
        message.receptions++;
        if (message.receptions > 1) {
            return;
        }
        if (history.newest != null && message.position < history.newest.position) {
            if (!unorderedLanes.contains(lane)) {
                history.offences.add(DeliveryViolation.OUT_OF_ORDER, id, "after " + history.newestId);
            }
        } else {
            history.newest = message;
            history.newestId = id;
        }
    }

    /** Whether every acknowledged message has arrived: what a test waits for before it checks. */
    public synchronized boolean allAcknowledgedReceived() {
        return histories.values().stream()
                .allMatch(history -> history.messages.values().stream()
                        .allMatch(message -> message.receptions > 0 || !message.acknowledged));
    }

    /** Whether every message sent and not refused has arrived: what a test waits for before it checks. */
    public synchronized boolean allSentReceived() {
        return histories.values().stream()
                .allMatch(history -> history.messages.values().stream()
                        .allMatch(message -> message.receptions > 0 || message.refused));
    }

    /** Judges what has happened so far: every acknowledged message must have arrived. */
    public synchronized DeliveryReport check() {
        return report(false);
    }

    /** Judges what has happened so far: every message sent must have arrived unless it was refused. */
    public synchronized DeliveryReport checkEverySent() {
        return report(true);
    }

    private DeliveryReport report(boolean everySent) {
        Offences all = new Offences("", "", "");
        long sent = 0;
        long acknowledged = 0;
        long refused = 0;
        long unanswered = 0;
        long received = 0;
        for (Map.Entry<Flow, History> entry : histories.entrySet()) {
            History history = entry.getValue();
            Offences found = history.offences.copy();
            sent += history.messages.size();
            received += history.received;
            for (Map.Entry<Object, Message> sentMessage : history.messages.entrySet()) {
                Message message = sentMessage.getValue();
                acknowledged += message.acknowledged ? 1 : 0;
                refused += message.refused ? 1 : 0;
                unanswered += message.acknowledged || message.refused ? 0 : 1;
                judge(sentMessage.getKey(), message, everySent, found);
            }
            all.addAll(found);
        }
        return new DeliveryReport(sent, acknowledged, refused, unanswered, received, all.counts, all.first);
    }

    private static void judge(Object id, Message message, boolean everySent, Offences found) {
        if (message.receptions == 0 && (message.acknowledged || everySent && !message.refused)) {
            found.add(DeliveryViolation.MISSING, id, message.acknowledged ? "" : "not acknowledged");
        }
        if (message.receptions > 1) {
            found.add(DeliveryViolation.DOUBLED, id, message.receptions + " times");
        }
        if (message.refused && message.receptions > 0) {
            found.add(DeliveryViolation.REFUSED_YET_RECEIVED, id, "");
        }
        if (message.refused && message.acknowledged) {
            found.add(DeliveryViolation.CONTRADICTORY_ANSWER, id, "acknowledged and refused");
        }
    }

    private History history(String sender, String recipient, String lane) {
        return histories.computeIfAbsent(
                new Flow(sender, recipient, lane), flow -> new History(new Offences(sender, recipient, lane)));
    }

    /** What order is kept within. */
    private record Flow(String sender, String recipient, String lane) {
        Flow {
            Objects.requireNonNull(sender, "sender");
            Objects.requireNonNull(recipient, "recipient");
            Objects.requireNonNull(lane, "lane");
        }
    }

    private static final class History {
        final Map<Object, Message> messages = new LinkedHashMap<>();
        final Offences offences;
        long received;

        @Nullable
        Message newest;

        @Nullable
        Object newestId;

        History(Offences offences) {
            this.offences = offences;
        }
    }

    private static final class Message {
        final int position;
        boolean acknowledged;
        boolean refused;
        int receptions;

        Message(int position) {
            this.position = position;
        }
    }

    /** Violations within one flow, counted; the first of each kind are kept. */
    private static final class Offences {
        final Map<DeliveryViolation, Long> counts = new EnumMap<>(DeliveryViolation.class);
        final Map<DeliveryViolation, List<DeliveryReport.Offender>> first = new EnumMap<>(DeliveryViolation.class);
        private final String sender;
        private final String recipient;
        private final String lane;

        Offences(String sender, String recipient, String lane) {
            this.sender = sender;
            this.recipient = recipient;
            this.lane = lane;
        }

        void add(DeliveryViolation violation, Object id, String detail) {
            counts.merge(violation, 1L, Long::sum);
            List<DeliveryReport.Offender> offenders = first.computeIfAbsent(violation, kind -> new ArrayList<>());
            if (offenders.size() < DeliveryReport.MAX_OFFENDERS) {
                offenders.add(new DeliveryReport.Offender(sender, recipient, lane, id.toString(), detail));
            }
        }

        void addAll(Offences other) {
            other.counts.forEach((violation, count) -> counts.merge(violation, count, Long::sum));
            other.first.forEach((violation, offenders) -> {
                List<DeliveryReport.Offender> mine = first.computeIfAbsent(violation, kind -> new ArrayList<>());
                int room = DeliveryReport.MAX_OFFENDERS - mine.size();
                mine.addAll(offenders.subList(0, Math.min(room, offenders.size())));
            });
        }

        Offences copy() {
            Offences copy = new Offences(sender, recipient, lane);
            copy.addAll(this);
            return copy;
        }
    }
}
