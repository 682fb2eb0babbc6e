// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The connections that may have something to send, in turn: a list threaded through themselves. The last one is followed
 * by itself, so that whoever is in the list is followed by someone.
 */
final class ReadyQueue {
    private @Nullable ConnectionCore head;
    private @Nullable ConnectionCore tail;

    /** Appends a connection, unless it is here already. */
    void add(ConnectionCore connection) {
        if (connection.readyNext != null) {
            return;
        }
        connection.readyNext = connection;
        ConnectionCore last = tail;
        if (last == null) {
            head = connection;
        } else {
            last.readyNext = connection;
        }
        tail = connection;
    }

    @Nullable
    ConnectionCore peek() {
        return head;
    }

    /** Takes the first connection out. */
    void remove() {
        ConnectionCore first = Objects.requireNonNull(head);
        if (first == tail) {
            head = null;
            tail = null;
        } else {
            head = first.readyNext;
        }
        first.readyNext = null;
    }
}
