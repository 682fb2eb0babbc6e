// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

/**
 * Answers that belong to no connection and wait to leave: cookies, refusals, resets. A ring of fixed memory; when it is
 * full the peer asks again.
 */
final class StatelessAnswers {
    static final int MAX_WAITING = 512;
    /** The longest is a COOKIE; that it is far below a first datagram's 1200 bytes is checked by a test. */
    static final int MAX_BYTES = 600;

    private final byte[][] datagrams = new byte[MAX_WAITING][];
    private final int[] lengths = new int[MAX_WAITING];
    private final PeerAddress[] receivers = new PeerAddress[MAX_WAITING];
    private int head;
    private int size;

    boolean isFull() {
        return size == MAX_WAITING;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** The memory in which to write the next answer; {@link #add} follows. Only if not {@link #isFull()}. */
    byte[] buffer() {
        int index = (head + size) & (MAX_WAITING - 1);
        byte[] buffer = datagrams[index];
        if (buffer == null) {
            buffer = new byte[MAX_BYTES];
            datagrams[index] = buffer;
            receivers[index] = new PeerAddress();
        }
        return buffer;
    }

    /** Lets what was written leave. */
    void add(int length, PeerAddress to) {
        int index = (head + size) & (MAX_WAITING - 1);
        lengths[index] = length;
        receivers[index].copyFrom(to);
        size++;
    }

    /** The oldest answer's bytes; {@link #remove} follows. */
    byte[] peek() {
        return datagrams[head];
    }

    int length() {
        return lengths[head];
    }

    PeerAddress receiver() {
        return receivers[head];
    }

    void remove() {
        head = (head + 1) & (MAX_WAITING - 1);
        size--;
    }
}
