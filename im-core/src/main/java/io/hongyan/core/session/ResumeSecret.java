// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.session;

import io.hongyan.protocol.ThreadSafe;
import java.nio.ByteBuffer;
import java.security.SecureRandom;

/**
 * The 128 bits that a client shows to go on with its session.
 *
 * @param high first half
 * @param low second half
 */
@ThreadSafe
public record ResumeSecret(long high, long low) {
    /** Matches nothing. */
    public static final ResumeSecret NONE = new ResumeSecret(0, 0);

    /** Whether these are they; takes as long whether they are or not. */
    public boolean matches(long otherHigh, long otherLow) {
        return (high ^ otherHigh | low ^ otherLow) == 0 & (high | low) != 0;
    }

    /** Nothing of it. */
    @Override
    public String toString() {
        return "ResumeSecret";
    }

    /** Draws secrets, some at a time: the generator is asked once for many. */
    @ThreadSafe
    public static final class Source {
        private static final int DRAWN_BYTES = 1024;

        private final SecureRandom random = new SecureRandom();

        /** Guarded by this. */
        private final ByteBuffer drawn = ByteBuffer.allocate(DRAWN_BYTES).limit(0);

        /** The next one. */
        public synchronized ResumeSecret next() {
            if (!drawn.hasRemaining()) {
                random.nextBytes(drawn.array());
                drawn.clear();
            }
            return new ResumeSecret(drawn.getLong(), drawn.getLong());
        }
    }
}
