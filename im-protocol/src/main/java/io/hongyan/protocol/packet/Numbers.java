// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

/** Checks of numbers in packets. */
final class Numbers {
    private Numbers() {}

    /** @throws IllegalArgumentException when the value is not within the two bounds, both included */
    static void require(String noun, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(noun + ": not within " + least + " to " + most);
        }
    }

    static void requireU16(String noun, int value) {
        require(noun, value, 0, 0xFFFF);
    }

    static void requireNotNegative(String noun, int value) {
        require(noun, value, 0, Integer.MAX_VALUE);
    }
}
