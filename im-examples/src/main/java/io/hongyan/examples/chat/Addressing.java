// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.chat;

import org.jspecify.annotations.Nullable;

/**
 * Decides to whom a typed line goes: {@code @bob hi} to bob; a plain line to {@code --to}, else to the last one
 * addressed or heard.
 *
 * <p>{@link #heard} may be called by any thread.
 */
final class Addressing {

    private final @Nullable String fixed;
    private volatile @Nullable String last;

    /** @param to the value of {@code --to} */
    Addressing(@Nullable String to) {
        this.fixed = to;
    }

    /** To whom a plain line goes now; null when to nobody. */
    @Nullable
    String peer() {
        return fixed != null ? fixed : last;
    }

    /** A message from this user came in. */
    void heard(String user) {
        last = user;
    }

    /** What a line that is not blank asks for. */
    Addressed address(String line) {
        if (line.length() < 2 || line.charAt(0) != '@' || line.charAt(1) == '@' || blank(line.charAt(1))) {
            return new Addressed(peer(), line);
        }
        int end = 1;
        while (end < line.length() && !blank(line.charAt(end))) {
            end++;
        }
        String user = line.substring(1, end);
        last = user;
        return new Addressed(user, end < line.length() ? line.substring(end + 1) : "");
    }

    private static boolean blank(char c) {
        return Character.isWhitespace(c);
    }

    /**
     * A line with its addressee.
     *
     * @param user null where nobody was addressed or heard yet
     * @param text blank where a line only names an addressee
     */
    record Addressed(@Nullable String user, String text) {}
}
