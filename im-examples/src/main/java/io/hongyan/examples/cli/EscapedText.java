// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.cli;

/**
 * Text from strangers, made safe for one line of a terminal.
 *
 * <p>A line feed becomes {@code \n}; every other control character (C0, DEL, C1), the line separator U+2028 and the
 * paragraph separator U+2029 become {@code \}{@code uXXXX} with lower-case digits. All else, the backslash included,
 * stays as it is: what a person typed is shown as typed.
 */
public final class EscapedText {

    private EscapedText() {}

    public static String of(String text) {
        int first = firstToEscape(text);
        if (first == text.length()) {
            return text;
        }
        StringBuilder escaped = new StringBuilder(text.length() + 16).append(text, 0, first);
        for (int i = first; i < text.length(); i++) {
            append(escaped, text.charAt(i));
        }
        return escaped.toString();
    }

    private static int firstToEscape(String text) {
        int i = 0;
        while (i < text.length() && !breaksLine(text.charAt(i))) {
            i++;
        }
        return i;
    }

    private static void append(StringBuilder escaped, char c) {
        if (c == '\n') {
            escaped.append("\\n");
        } else if (breaksLine(c)) {
            escaped.append(String.format("\\u%04x", (int) c));
        } else {
            escaped.append(c);
        }
    }

    private static boolean breaksLine(char c) {
        return Character.isISOControl(c) || c == '\u2028' || c == '\u2029';
    }
}
