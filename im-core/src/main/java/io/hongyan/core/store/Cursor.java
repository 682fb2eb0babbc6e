// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.store;

import io.hongyan.protocol.ThreadSafe;

/**
 * How far a device has got in its user's inbox.
 *
 * @param position it has everything up to here, 0 for nothing
 * @param furthest how far the furthest of the user's devices has got, at least {@code position}
 * @param fresh whether the device was not known before
 */
@ThreadSafe
public record Cursor(long position, long furthest, boolean fresh) {
    public Cursor {
        if (position < 0 || furthest < position) {
            throw new IllegalArgumentException("a device at " + position + ", the furthest at " + furthest);
        }
    }
}
