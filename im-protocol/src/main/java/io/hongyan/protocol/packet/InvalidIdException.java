// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

/** A text is no id of a user, device or group; the message says which rule it breaks. */
final class InvalidIdException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    InvalidIdException(String message) {
        super(message);
    }
}
