// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.chat;

/**
 * One line of standard input.
 *
 * @param number from 1, blank lines counted
 * @param text without its line break; empty when the content is not {@link Content#TEXT}
 */
record InputLine(long number, Content content, String text) {

    enum Content {
        TEXT,
        /** Longer than any message may be; the rest of the line was skipped. */
        TOO_LONG,
        NOT_UTF8
    }
}
