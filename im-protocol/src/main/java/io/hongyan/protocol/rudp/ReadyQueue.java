// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The connections that may have something to send, in turn: a list threaded through themselves. */
final class ReadyQueue {
    private @Nullable ConnectionCore head;
    private @Nullable ConnectionCore tail;

    /** Appends a connection, unless it is here already. */
    void add(ConnectionCore connection) {
        if (connection.inReadyQueue) {
            return;
        }
        connection.inReadyQueue = true;
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
        head = first.readyNext;
        if (head == null) {
            tail = null;
        }
        first.readyNext = null;
        first.inReadyQueue = false;
    }
}
