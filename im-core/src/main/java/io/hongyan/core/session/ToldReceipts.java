// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.session;

import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.packet.CounterRanges;
import io.hongyan.protocol.packet.Delivered;
import io.hongyan.protocol.packet.Packet;
import io.hongyan.protocol.packet.SendResult;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The receipts that were written and may have been lost with the link: they are told again to a client that resumes.
 * Receipts are not counted, but a counted frame that was written behind them is; a count that covers it proves them.
 *
 * <pre>
 *   written ──► fresh ──nothing older is unproven──► older, mark = counted frames sent by then
 *                                                     └──a count beyond the mark──► proven, forgotten
 * </pre>
 *
 * <p>Sets of counters, like the receipts themselves; bounded: of a client that never proves anything the oldest
 * {@value #MOST_SETS} sets and more are forgotten, which is more than any link holds. Not thread-safe.
 */
final class ToldReceipts {
    /** Full sets kept of each generation. */
    private static final int MOST_SETS = 8;

    private final long instance;
    private @Nullable Sets fresh;
    private @Nullable Sets older;
    private int mark;

    ToldReceipts(long instance) {
        this.instance = instance;
    }

    /** A receipt is being written. */
    void add(Packet receipt) {
        Sets sets = fresh;
        if (sets == null) {
            sets = new Sets();
            fresh = sets;
        }
        if (receipt instanceof SendResult result) {
            sets.add(result.code(), result.counters());
        } else if (receipt instanceof Delivered delivered) {
            sets.add(null, delivered.counters());
        }
    }

    /**
     * The client has counted so many frames of the channel that receipts travel in.
     *
     * @param sent how many were written, counted or not
     */
    void counted(int counted, int sent) {
        if (older != null && counted - mark > 0) {
            older = null;
        }
        if (older == null && fresh != null) {
            older = fresh;
            fresh = null;
            mark = sent;
        }
    }

    /** Whether there is nothing to tell again. */
    boolean isEmpty() {
        return fresh == null && older == null;
    }

    /** Everything not proven; of a message that was refused and then accepted, the refusal first. */
    List<Packet> again() {
        List<Packet> packets = new ArrayList<>();
        Sets first = older;
        Sets second = fresh;
        older = null;
        fresh = null;
        for (Sets sets : new Sets[] {first, second}) {
            if (sets != null) {
                sets.forEach(packets::add);
            }
        }
        return packets;
    }

    /** One generation. */
    private final class Sets {
        private final Map<ReasonCode, CounterRanges.Builder> results = new EnumMap<>(ReasonCode.class);
        private CounterRanges.@Nullable Builder delivered;
        private List<Packet> full = new ArrayList<>(0);

        /** @param code null for DELIVERED */
        void add(@Nullable ReasonCode code, CounterRanges counters) {
            CounterRanges.Builder builder = builderOf(code);
            for (int i = 0; i < counters.ranges(); i++) {
                for (long counter = counters.first(i); counter <= counters.last(i); counter++) {
                    if (!builder.add(counter)) {
                        setAside(packetOf(code, builder));
                        builder.clear();
                        builder.add(counter);
                    }
                }
            }
        }

        void forEach(Consumer<Packet> action) {
            full.forEach(action);
            results.forEach((code, builder) -> {
                if (code != ReasonCode.OK) {
                    action.accept(packetOf(code, builder));
                }
            });
            CounterRanges.Builder accepted = results.get(ReasonCode.OK);
            if (accepted != null) {
                action.accept(packetOf(ReasonCode.OK, accepted));
            }
            if (delivered != null) {
                action.accept(packetOf(null, delivered));
            }
        }

        private void setAside(Packet packet) {
            if (full.size() == MOST_SETS) {
                full.remove(0);
            }
            full.add(packet);
        }

        private CounterRanges.Builder builderOf(@Nullable ReasonCode code) {
            if (code != null) {
                return results.computeIfAbsent(code, any -> new CounterRanges.Builder());
            }
            CounterRanges.Builder known = delivered;
            if (known == null) {
                known = new CounterRanges.Builder();
                delivered = known;
            }
            return known;
        }

        private Packet packetOf(@Nullable ReasonCode code, CounterRanges.Builder builder) {
            return code == null
                    ? new Delivered(instance, builder.build())
                    : new SendResult(instance, code, builder.build());
        }
    }
}
