// SPDX-License-Identifier: Apache-2.0
package io.hongyan.simnet;

import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What a {@link DeliveryChecker} found. Immutable. {@link #toString} is made to be read in a failed build: a line of
 * counts, then a line for each kind of violation with its first offenders, at most 4,000 characters in all.
 *
 * @param sent messages sent
 * @param acknowledged of these, how many were acknowledged
 * @param refused of these, how many were refused
 * @param unanswered of these, how many were neither; whether they arrived is nobody's fault
 * @param received arrivals, doubled ones and phantoms included
 * @param violations how often each kind of violation happened; kinds that never happened are absent
 * @param offenders the first offenders of each kind, at most {@value #MAX_OFFENDERS} each
 */
public record DeliveryReport(
        long sent,
        long acknowledged,
        long refused,
        long unanswered,
        long received,
        Map<DeliveryViolation, Long> violations,
        Map<DeliveryViolation, List<Offender>> offenders) {

    /** The most offenders a report names of each kind. */
    public static final int MAX_OFFENDERS = 100;

    /** Copies the maps. */
    public DeliveryReport {
        violations = copy(violations);
        offenders = copy(offenders);
    }

    /**
     * A message that something is wrong with.
     *
     * @param id the id as text
     * @param detail more about it; may be empty
     */
    public record Offender(String sender, String recipient, String lane, String id, String detail) {
        @Override
        public String toString() {
            String message = clip(sender) + " > " + clip(recipient) + " [" + clip(lane) + "] " + clip(id);
            return detail.isEmpty() ? message : message + " (" + clip(detail) + ")";
        }
    }

    /** Whether nothing is wrong. */
    public boolean isClean() {
        return violations.isEmpty();
    }

    /** How often a kind of violation happened. */
    public long count(DeliveryViolation violation) {
        return violations.getOrDefault(violation, 0L);
    }

    /** The first offenders of a kind. */
    public List<Offender> offenders(DeliveryViolation violation) {
        return offenders.getOrDefault(violation, List.of());
    }

    /**
     * Does nothing if {@link #isClean()}.
     *
     * @throws AssertionError otherwise, with the whole text
     */
    public void requireClean() {
        if (!isClean()) {
            throw new AssertionError(toString());
        }
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(isClean() ? "delivery clean: " : "delivery VIOLATED: ")
                .append(sent)
                .append(" sent, ")
                .append(acknowledged)
                .append(" acknowledged, ")
                .append(refused)
                .append(" refused, ")
                .append(unanswered)
                .append(" unanswered, ")
                .append(received)
                .append(" received");
        violations.forEach((violation, count) -> appendViolation(text, violation, count));
        return text.toString();
    }

    private void appendViolation(StringBuilder text, DeliveryViolation violation, long count) {
        int begin = text.length();
        text.append("\n  ").append(violation).append(' ').append(count).append(": ");
        int named = 0;
        for (Offender offender : offenders(violation)) {
            String next = (named == 0 ? "" : ", ") + offender;
            if (named == MAX_NAMED || text.length() - begin + next.length() > MAX_LINE) {
                break;
            }
            text.append(next);
            named++;
        }
        if (named < count) {
            text.append(", and ").append(count - named).append(" more");
        }
    }

    private static <V> Map<DeliveryViolation, V> copy(Map<DeliveryViolation, V> map) {
        EnumMap<DeliveryViolation, V> copy = new EnumMap<>(DeliveryViolation.class);
        copy.putAll(map);
        return Collections.unmodifiableMap(copy);
    }

    private static String clip(String text) {
        return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT - 1) + "…";
    }

    private static final int MAX_NAMED = 10;
    private static final int MAX_LINE = 560;
    private static final int MAX_TEXT = 80;
}
