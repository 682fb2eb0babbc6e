// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.chat;

import java.util.Map;
import java.util.TreeMap;

/** Line numbers, written as {@code 3, 5-9}. Used by one thread at a time. */
final class LineRanges {

    /** How many ranges are written out; a script that needs more reads its own input again. */
    private static final int WRITTEN = 50;

    private final TreeMap<Long, Long> lastByFirst = new TreeMap<>();
    private long size;

    /** Adds a line that is not there yet. */
    void add(long line) {
        size++;
        long first = line;
        long last = line;
        Map.Entry<Long, Long> before = lastByFirst.lowerEntry(line);
        if (before != null && before.getValue() == line - 1) {
            first = before.getKey();
        }
        Long after = lastByFirst.remove(line + 1);
        if (after != null) {
            last = after;
        }
        lastByFirst.put(first, last);
    }

    long size() {
        return size;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(size == 1 ? "line " : "lines ");
        int written = 0;
        for (Map.Entry<Long, Long> range : lastByFirst.entrySet()) {
            if (written == WRITTEN) {
                return text.append(" and more, ").append(size).append(" in all").toString();
            }
            text.append(written++ == 0 ? "" : ", ").append(range.getKey());
            if (!range.getKey().equals(range.getValue())) {
                text.append('-').append(range.getValue());
            }
        }
        return text.toString();
    }
}
