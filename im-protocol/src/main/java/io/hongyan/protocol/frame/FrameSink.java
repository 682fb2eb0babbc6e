// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.frame;

import java.nio.ByteBuffer;

/** Takes the frames a reader finds, one after the other, on the reader's thread. */
@FunctionalInterface
public interface FrameSink {
    /**
     * A whole frame.
     *
     * @param type the type byte, 0 to 255, known or not
     * @param body the body, between position and limit; what lies outside belongs to others, and the view ends with the
     *     call
     */
    void onFrame(int type, ByteBuffer body);
}
