// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.chat;

import java.nio.charset.StandardCharsets;

/**
 * A line on its way to somebody.
 *
 * @param line its number in the input, from 1
 * @param bytes what it takes on its way, overhead included
 */
record Outgoing(long line, String to, String text, int bytes) {

    private static final int OVERHEAD_BYTES = 300;

    Outgoing(long line, String to, String text) {
        this(line, to, text, OVERHEAD_BYTES + text.getBytes(StandardCharsets.UTF_8).length);
    }

    /** What is left to remember once the server has it. */
    Outgoing withoutText() {
        return new Outgoing(line, to, "", bytes);
    }
}
