// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * READ receipts that are still to be written: a set of counters for each user and instance, which grows in place, so that
 * what waits does not queue. Bounded in sets; what is beyond the bound is not taken. Not thread-safe.
 */
public final class ReadSets {
    private final int maxSets;
    private final Map<Source, CounterRanges.Builder> gathering = new LinkedHashMap<>(4);
    private final Queue<Read> full = new ArrayDeque<>(0);

    /** @param maxSets 1 or more */
    public ReadSets(int maxSets) {
        this.maxSets = maxSets;
    }

    /** Adds what was read. @return false when part of it was not taken for want of room */
    public boolean add(Read read) {
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
    public @Nullable Read poll() {
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

    public boolean isEmpty() {
        return full.isEmpty() && gathering.isEmpty();
    }

    /** Number of sets. */
    public int size() {
        return full.size() + gathering.size();
    }

    private boolean add(Source source, long counter) {
        CounterRanges.Builder set = gathering.get(source);
        if (set != null && set.add(counter)) {
            return true;
        }
        if (size() >= maxSets) {
            return false;
        }
        if (set != null) {
            full.add(source.read(set));
        }
        CounterRanges.Builder begun = new CounterRanges.Builder();
        gathering.put(source, begun);
        return begun.add(counter);
    }

    /** What the packet says beside the counters. */
    private record Source(@Nullable UserId user, long instance) {
        Read read(CounterRanges.Builder counters) {
            return new Read(user, instance, counters.build());
        }
    }
}
