// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What happened and was not told yet: a ring of plain fields. A message is noted as a place in the datagram just read
 * (payload null), an array of the pool, or a {@link Reassembly}; a {@link RudpTicket} is its event's payload.
 */
final class EventQueue {
    private byte[] kinds = new byte[64];
    private @Nullable ConnectionCore[] connections = new ConnectionCore[64];
    private @Nullable Object[] payloads = new Object[64];
    private int[] numbers = new int[64];
    private int[] lengths = new int[64];
    private byte[] lanes = new byte[64];
    private int head;
    private int size;
    private int inPlace;

    /** Notes an event. {@code number}: the offset in the datagram, or the code of a close. */
    void add(int kind, ConnectionCore connection, int lane, @Nullable Object payload, int number, int length) {
        if (size == kinds.length) {
            grow();
        }
        int index = (head + size++) & (kinds.length - 1);
        kinds[index] = (byte) kind;
        connections[index] = connection;
        lanes[index] = (byte) lane;
        payloads[index] = payload;
        numbers[index] = number;
        lengths[index] = length;
        if (kind == RudpEvent.FRAME && payload == null) {
            inPlace++;
        }
    }

    /** Whether a message is noted as a place in the datagram just read. */
    boolean hasMessageInPlace() {
        return inPlace > 0;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** Drops the event that {@link #kind()} and its fellows describe. */
    void remove() {
        if (kinds[head] == RudpEvent.FRAME && payloads[head] == null) {
            inPlace--;
        }
        connections[head] = null;
        payloads[head] = null;
        head = (head + 1) & (kinds.length - 1);
        size--;
    }

    int kind() {
        return kinds[head];
    }

    ConnectionCore connection() {
        ConnectionCore connection = connections[head];
        assert connection != null;
        return connection;
    }

    int lane() {
        return lanes[head];
    }

    @Nullable
    Object payload() {
        return payloads[head];
    }

    int number() {
        return numbers[head];
    }

    int length() {
        return lengths[head];
    }

    private void grow() {
        int old = kinds.length;
        kinds = Arrays.copyOf(kinds, 2 * old);
        connections = Arrays.copyOf(connections, 2 * old);
        payloads = Arrays.copyOf(payloads, 2 * old);
        numbers = Arrays.copyOf(numbers, 2 * old);
        lengths = Arrays.copyOf(lengths, 2 * old);
        lanes = Arrays.copyOf(lanes, 2 * old);
        // The ring was full, so what lies before head wraps around to behind the old end.
        for (int i = 0; i < head; i++) {
            kinds[old + i] = kinds[i];
            connections[old + i] = connections[i];
            payloads[old + i] = payloads[i];
            numbers[old + i] = numbers[i];
            lengths[old + i] = lengths[i];
            lanes[old + i] = lanes[i];
            connections[i] = null;
            payloads[i] = null;
        }
    }
}
