// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.store;

import io.hongyan.protocol.Confined;
import io.hongyan.protocol.packet.DeviceId;
import java.util.Arrays;

/** How far the devices of one user have got, the one saved longest ago first. Small, since most users have one. */
@Confined("its inbox")
final class MemoryCursors {
    private DeviceId[] devices = {};
    private long[] positions = {};

    /** The position of a device; -1 when it is not known. */
    long of(DeviceId device) {
        int at = Arrays.asList(devices).indexOf(device);
        return at < 0 ? -1 : positions[at];
    }

    /** Puts a device behind all others; the first makes way when there are too many. */
    void put(DeviceId device, long position) {
        int last = devices.length - 1;
        int at = Arrays.asList(devices).indexOf(device);
        if (at < 0 && devices.length == MessageStore.MAX_DEVICES) {
            at = 0;
        } else if (at < 0) {
            at = ++last;
            devices = Arrays.copyOf(devices, last + 1);
            positions = Arrays.copyOf(positions, last + 1);
        }
        System.arraycopy(devices, at + 1, devices, at, last - at);
        System.arraycopy(positions, at + 1, positions, at, last - at);
        devices[last] = device;
        positions[last] = position;
    }

    /** The least of them; {@link Long#MAX_VALUE} when there is none. */
    long least() {
        long least = Long.MAX_VALUE;
        for (long position : positions) {
            least = Math.min(least, position);
        }
        return least;
    }
}
