// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

import io.hongyan.protocol.ThreadSafe;

/**
 * The id of a group of users: 1 to 64 bytes of UTF-8 without control characters, not {@code 0} or {@code -1}, not beginning with
 * {@code @}. The application chooses it; case and form of the characters matter.
 *
 * @param value the id as text
 */
@ThreadSafe
public record GroupId(String value) {
    /** @throws IllegalArgumentException when the text is no id */
    public GroupId {
        IdText.require("group id", value);
    }

    /** The id itself, as it is shown in logs. */
    @Override
    public String toString() {
        return value;
    }
}
