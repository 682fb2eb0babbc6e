// SPDX-License-Identifier: Apache-2.0
package io.hongyan.transport.netty;

import io.hongyan.protocol.ThreadSafe;
import java.util.ArrayList;
import java.util.List;

/**
 * What the sockets under the reliable-UDP engine are told; immutable. What the engine itself is told is in
 * {@link io.hongyan.protocol.rudp.RudpConfig}.
 *
 * @param maxFrameBytes the longest frame taken, header included, in bytes; 1 KiB to 1 MiB + 4, default 64 KiB
 * @param maxOverflowBytes frames written while the engine's buffer is full wait here, per connection, up to this many
 *     bytes, beyond which the connection closes; default 512 KiB
 * @param receiveBufferBytes asked of the kernel (SO_RCVBUF), which may give less; default 4 MiB
 * @param sendBufferBytes asked of the kernel (SO_SNDBUF), which may give less; default 4 MiB
 * @param readBatch datagrams read by one system call, epoll only; 1 to 256, default 32
 * @param maxHandedOver datagrams that may wait for the loop their connection lives on, per loop; beyond, they are
 *     dropped; default 1,024
 * @param closeTimeoutMillis how long frames that still wait may take to leave when a connection closes, and how long a
 *     closing socket waits for its connections; default 3,000
 * @param segmentation whether runs of datagrams to one peer leave as one (UDP_SEGMENT), where the kernel can;
 *     default true
 */
@ThreadSafe
public record UdpOptions(
        int maxFrameBytes,
        int maxOverflowBytes,
        int receiveBufferBytes,
        int sendBufferBytes,
        int readBatch,
        int maxHandedOver,
        int closeTimeoutMillis,
        boolean segmentation) {

    private static final UdpOptions DEFAULTS = builder().build();

    public UdpOptions {
        List<String> mistakes = new ArrayList<>();
        require(mistakes, "maxFrameBytes", maxFrameBytes, 1 << 10, (1 << 20) + 4);
        require(mistakes, "maxOverflowBytes", maxOverflowBytes, maxFrameBytes, 1 << 30);
        require(mistakes, "receiveBufferBytes", receiveBufferBytes, 1 << 12, 1 << 30);
        require(mistakes, "sendBufferBytes", sendBufferBytes, 1 << 12, 1 << 30);
        require(mistakes, "readBatch", readBatch, 1, 256);
        require(mistakes, "maxHandedOver", maxHandedOver, 1, 1 << 20);
        require(mistakes, "closeTimeoutMillis", closeTimeoutMillis, 1, 3_600_000);
        if (!mistakes.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", mistakes));
        }
    }

    public static UdpOptions defaults() {
        return DEFAULTS;
    }

    public static Builder builder() {
        return new Builder();
    }

    private static void require(List<String> mistakes, String name, int value, int least, int most) {
        if (value < least || value > most) {
            mistakes.add(name + " must be " + least + " to " + most + ", not " + value);
        }
    }

    /** Collects options; those not named keep their defaults. */
    public static final class Builder {
        private int maxFrameBytes = 64 << 10;
        private int maxOverflowBytes = 512 << 10;
        private int receiveBufferBytes = 4 << 20;
        private int sendBufferBytes = 4 << 20;
        private int readBatch = 32;
        private int maxHandedOver = 1 << 10;
        private int closeTimeoutMillis = 3_000;
        private boolean segmentation = true;

        private Builder() {}

        public Builder maxFrameBytes(int bytes) {
            this.maxFrameBytes = bytes;
            return this;
        }

        public Builder maxOverflowBytes(int bytes) {
            this.maxOverflowBytes = bytes;
            return this;
        }

        public Builder receiveBufferBytes(int bytes) {
            this.receiveBufferBytes = bytes;
            return this;
        }

        public Builder sendBufferBytes(int bytes) {
            this.sendBufferBytes = bytes;
            return this;
        }

        public Builder readBatch(int datagrams) {
            this.readBatch = datagrams;
            return this;
        }

        public Builder maxHandedOver(int datagrams) {
            this.maxHandedOver = datagrams;
            return this;
        }

        public Builder closeTimeoutMillis(int millis) {
            this.closeTimeoutMillis = millis;
            return this;
        }

        public Builder segmentation(boolean use) {
            this.segmentation = use;
            return this;
        }

        /** @throws IllegalArgumentException naming every mistake */
        public UdpOptions build() {
            return new UdpOptions(
                    maxFrameBytes,
                    maxOverflowBytes,
                    receiveBufferBytes,
                    sendBufferBytes,
                    readBatch,
                    maxHandedOver,
                    closeTimeoutMillis,
                    segmentation);
        }
    }
}
