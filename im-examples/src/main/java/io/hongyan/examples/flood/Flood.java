// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.flood;

import java.io.IOException;

/** One kind of flood, with its sockets. Used by one thread. */
interface Flood extends AutoCloseable {

    /** Sends the next unit: a datagram, a connection, a login, a message. */
    void sendOne() throws IOException;

    /** Takes what came in, waiting at most so long. */
    void takeAnswers(long waitMillis) throws IOException;

    /** Whether what was begun is still held when the last unit has been sent. */
    default boolean holds() {
        return false;
    }

    /** Whether something that was asked is not answered yet. */
    default boolean awaitsAnswers() {
        return false;
    }

    @Override
    void close() throws IOException;
}
