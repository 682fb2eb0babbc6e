// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.session;

import io.hongyan.protocol.Confined;
import io.hongyan.protocol.packet.CounterRanges;
import io.hongyan.protocol.packet.Read;
import io.hongyan.protocol.packet.UserId;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * READ receipts that one session is to be told and that were not written yet: a set of counters for each reader and
 * instance, which grows in place, so that what waits does not queue. Bounded in sets; what is beyond the bound is dropped.
 */
@Confined("the home's lock")
final class PendingReads {
    private final int maxSets;
    private final Map<Source, CounterRanges.Builder> gathering = new LinkedHashMap<>(4);
    private final Queue<Read> full = new ArrayDeque<>(0);

    /** @param maxSets 1 or more */
    PendingReads(int maxSets) {
        this.maxSets = maxSets;
    }

    /** Adds what was read. @return false when part of it was dropped for want of room */
    boolean add(Read read) {
        Source source = new Source(read.user(), read.instance());
        CounterRanges counters = read.counters();
        for (int i = 0; i < counters.ranges(); i++) {
            for (long counter = counters.first(i); counter <= counters.last(i); counter++) {
                if (!add(source, counter)) {
                    return false;
                }
            }
        }
        return true;
    }

    /** The oldest set; null when there is none. */
    @Nullable
    Read poll() {
        Read whole = full.poll();
        if (whole != null) {
            return whole;
        }
        Iterator<Map.Entry<Source, CounterRanges.Builder>> oldest =
                gathering.entrySet().iterator();
        if (!oldest.hasNext()) {
            return null;
        }
        Map.Entry<Source, CounterRanges.Builder> next = oldest.next();
        oldest.remove();
        return next.getKey().read(next.getValue());
    }

    boolean isEmpty() {
        return full.isEmpty() && gathering.isEmpty();
    }

    void clear() {
        full.clear();
        gathering.clear();
    }

    private boolean add(Source source, long counter) {
        CounterRanges.Builder set = gathering.get(source);
        if (set != null && set.add(counter)) {
            return true;
        }
        if (full.size() + gathering.size() >= maxSets) {
            return false;
        }
        if (set != null) {
            full.add(source.read(set));
        }
        CounterRanges.Builder begun = new CounterRanges.Builder();
        gathering.put(source, begun);
        return begun.add(counter);
    }

    /** Who read messages of whom. */
    private record Source(@Nullable UserId reader, long instance) {
        Read read(CounterRanges.Builder counters) {
            return new Read(reader, instance, counters.build());
        }
    }
}
