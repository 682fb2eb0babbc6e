// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.load;

import io.hongyan.protocol.ReasonCode;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

/** How many messages failed, by reason. For all threads. */
final class Refusals {

    private final Map<ReasonCode, LongAdder> counts = new ConcurrentHashMap<>();

    void add(ReasonCode code, long messages) {
        counts.computeIfAbsent(code, any -> new LongAdder()).add(messages);
    }

    boolean isEmpty() {
        return counts.isEmpty();
    }

    /** Whether some of it was a matter of the server's rate limits. */
    boolean hasRateLimits() {
        return counts.containsKey(ReasonCode.THROTTLED) || counts.containsKey(ReasonCode.RATE_LIMITED);
    }

    @Override
    public String toString() {
        return counts.entrySet().stream()
                .map(entry -> entry.getValue() + " " + entry.getKey())
                .sorted()
                .collect(Collectors.joining(", "));
    }
}
