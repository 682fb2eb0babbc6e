// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.routing;

import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.packet.UserId;

/** Makes 16 bits of a user id under a secret key, so that nobody can choose a name that is taken for another one. */
@ThreadSafe
final class Fingerprints {
    private static final long MIX = 0x9E37_79B9_7F4A_7C15L;

    private final long seed;
    private final long factor;

    /** @param key random, and told to nobody */
    Fingerprints(long key) {
        this.seed = key * MIX;
        this.factor = key | 1;
    }

    /** Never 0. */
    short of(UserId user) {
        String id = user.value();
        long hash = seed;
        for (int i = 0; i < id.length(); i++) {
            hash = (hash ^ id.charAt(i)) * factor;
            hash ^= hash >>> 29;
        }
        short bits = (short) ((hash * MIX) >>> 48);
        return bits == 0 ? 1 : bits;
    }
}
