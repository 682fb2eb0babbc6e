// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

/** The one rule for ids of users, devices and groups, checked in one pass over the text. */
final class IdText {
    static final int MAX_BYTES = 64;

    private IdText() {}

    /** @throws InvalidIdException naming the rule that is broken, never the text */
    static void require(String noun, String text) {
        int length = text.length();
        if (length == 0) {
            throw new InvalidIdException(noun + ": empty");
        }
        int bytes = 0;
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                if (c < ' ' || c == 0x7F) {
                    throw new InvalidIdException(noun + ": has a control character");
                }
                bytes++;
            } else {
                bytes = utf8Length(noun, text);
                break;
            }
        }
        if (bytes > MAX_BYTES) {
            throw new InvalidIdException(noun + ": longer than " + MAX_BYTES + " bytes");
        }
        if (text.charAt(0) == '@') {
            throw new InvalidIdException(noun + ": begins with @");
        }
        if (text.equals("0") || text.equals("-1")) {
            throw new InvalidIdException(noun + ": reserved");
        }
    }

    private static int utf8Length(String noun, String text) {
        int bytes = Utf8.length(text);
        if (bytes < 0) {
            throw new InvalidIdException(noun + ": has half a surrogate pair");
        }
        for (int i = 0; i < text.length(); i++) {
            if (Character.isISOControl(text.charAt(i))) {
                throw new InvalidIdException(noun + ": has a control character");
            }
        }
        return bytes;
    }
}
