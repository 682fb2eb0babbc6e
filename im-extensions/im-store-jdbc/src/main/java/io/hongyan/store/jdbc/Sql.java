// SPDX-License-Identifier: Apache-2.0
package io.hongyan.store.jdbc;

import java.util.Collections;

/** Pieces of statements whose length varies: lists come in few lengths, so that few statements are prepared. */
final class Sql {
    /** The longest list. */
    static final int MOST = 256;

    private Sql() {}

    /** The length of the statement for so many values, which are at most {@link #MOST}: the last fills up the rest. */
    static int padded(int count) {
        int length = 1;
        while (length < count) {
            length *= 4;
        }
        return length;
    }

    /** {@code piece, piece, ...} */
    static String repeat(int count, String piece) {
        return String.join(", ", Collections.nCopies(count, piece));
    }

    /** {@code (?, ?, ...)} */
    static String list(int count) {
        return "(" + repeat(count, "?") + ")";
    }
}
