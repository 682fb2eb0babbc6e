// SPDX-License-Identifier: Apache-2.0
package io.hongyan.transport.netty;

import io.hongyan.protocol.ThreadSafe;
import java.util.ArrayList;
import java.util.List;

/**
 * What a TCP listener or connector is told; immutable.
 *
 * @param maxFrameBytes the longest frame taken, header included, in bytes; 1 KiB to 16 MiB, default 64 KiB
 * @param chatHighWaterBytes chat and ephemeral frames have room while fewer bytes than this wait; default 64 KiB
 * @param bulkHighWaterBytes the same for bulk; small, so that chat never waits long behind it; default 16 KiB
 * @param lowWaterBytes a lane without room has room again when at most this many bytes wait; default 8 KiB
 * @param maxPendingBytes the bound of what may wait at all, beyond which the connection closes; default 2 MiB
 * @param unsentBytes how much the kernel may hold before it is on the wire (TCP_NOTSENT_LOWAT, epoll only), 0 = its own
 *     choice; default 16 KiB, so that chat written now does not wait behind much bulk written before
 * @param firstBytesTimeoutMillis how long an accepted link may take to say, with four bytes, what it speaks; default
 *     5,000
 * @param prefaceTimeoutMillis how long a link may take for all that comes before its first frame: the header of a proxy,
 *     the handshake of TLS, the preface; default 10,000
 * @param maxSilentLinks links of a listener, per loop, whose preface is not complete; beyond, the oldest is closed, of
 *     those that said nothing if there are any; default 1,024
 * @param closeTimeoutMillis how long a closing connection may take to send what is pending and to hear the peer's end;
 *     default 3,000
 * @param connectTimeoutMillis of a connector; default 10,000
 * @param userTimeoutMillis how long sent bytes may stay unacknowledged (TCP_USER_TIMEOUT, epoll only), 0 = the kernel's
 *     choice; default 30,000
 * @param backlog of a listener; the kernel may cap it; default 4,096
 */
@ThreadSafe
public record StreamOptions(
        int maxFrameBytes,
        int chatHighWaterBytes,
        int bulkHighWaterBytes,
        int lowWaterBytes,
        int maxPendingBytes,
        int unsentBytes,
        int firstBytesTimeoutMillis,
        int prefaceTimeoutMillis,
        int maxSilentLinks,
        int closeTimeoutMillis,
        int connectTimeoutMillis,
        int userTimeoutMillis,
        int backlog) {

    private static final StreamOptions DEFAULTS = builder().build();

    public StreamOptions {
        List<String> mistakes = new ArrayList<>();
        require(mistakes, "maxFrameBytes", maxFrameBytes, 1 << 10, 1 << 24);
        require(mistakes, "lowWaterBytes", lowWaterBytes, 1, bulkHighWaterBytes);
        require(mistakes, "bulkHighWaterBytes", bulkHighWaterBytes, lowWaterBytes, chatHighWaterBytes);
        require(mistakes, "chatHighWaterBytes", chatHighWaterBytes, bulkHighWaterBytes, maxPendingBytes);
        require(mistakes, "maxPendingBytes", maxPendingBytes, Math.max(maxFrameBytes, chatHighWaterBytes), 1 << 30);
        require(mistakes, "unsentBytes", unsentBytes, 0, 1 << 30);
        require(mistakes, "firstBytesTimeoutMillis", firstBytesTimeoutMillis, 1, 3_600_000);
        require(mistakes, "prefaceTimeoutMillis", prefaceTimeoutMillis, 1, 3_600_000);
        require(mistakes, "maxSilentLinks", maxSilentLinks, 1, 1 << 20);
        require(mistakes, "closeTimeoutMillis", closeTimeoutMillis, 1, 3_600_000);
        require(mistakes, "connectTimeoutMillis", connectTimeoutMillis, 1, 3_600_000);
        require(mistakes, "userTimeoutMillis", userTimeoutMillis, 0, 3_600_000);
        require(mistakes, "backlog", backlog, 1, 1 << 20);
        if (!mistakes.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", mistakes));
        }
    }

    public static StreamOptions defaults() {
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
        private int chatHighWaterBytes = 64 << 10;
        private int bulkHighWaterBytes = 16 << 10;
        private int lowWaterBytes = 8 << 10;
        private int maxPendingBytes = 2 << 20;
        private int unsentBytes = 16 << 10;
        private int firstBytesTimeoutMillis = 5_000;
        private int prefaceTimeoutMillis = 10_000;
        private int maxSilentLinks = 1 << 10;
        private int closeTimeoutMillis = 3_000;
        private int connectTimeoutMillis = 10_000;
        private int userTimeoutMillis = 30_000;
        private int backlog = 4 << 10;

        private Builder() {}

        public Builder maxFrameBytes(int bytes) {
            this.maxFrameBytes = bytes;
            return this;
        }

        public Builder chatHighWaterBytes(int bytes) {
            this.chatHighWaterBytes = bytes;
            return this;
        }

        public Builder bulkHighWaterBytes(int bytes) {
            this.bulkHighWaterBytes = bytes;
            return this;
        }

        public Builder lowWaterBytes(int bytes) {
            this.lowWaterBytes = bytes;
            return this;
        }

        public Builder maxPendingBytes(int bytes) {
            this.maxPendingBytes = bytes;
            return this;
        }

        public Builder unsentBytes(int bytes) {
            this.unsentBytes = bytes;
            return this;
        }

        public Builder firstBytesTimeoutMillis(int millis) {
            this.firstBytesTimeoutMillis = millis;
            return this;
        }

        public Builder prefaceTimeoutMillis(int millis) {
            this.prefaceTimeoutMillis = millis;
            return this;
        }

        public Builder maxSilentLinks(int links) {
            this.maxSilentLinks = links;
            return this;
        }

        public Builder closeTimeoutMillis(int millis) {
            this.closeTimeoutMillis = millis;
            return this;
        }

        public Builder connectTimeoutMillis(int millis) {
            this.connectTimeoutMillis = millis;
            return this;
        }

        public Builder userTimeoutMillis(int millis) {
            this.userTimeoutMillis = millis;
            return this;
        }

        public Builder backlog(int links) {
            this.backlog = links;
            return this;
        }

        /** @throws IllegalArgumentException naming every mistake */
        public StreamOptions build() {
            return new StreamOptions(
                    maxFrameBytes,
                    chatHighWaterBytes,
                    bulkHighWaterBytes,
                    lowWaterBytes,
                    maxPendingBytes,
                    unsentBytes,
                    firstBytesTimeoutMillis,
                    prefaceTimeoutMillis,
                    maxSilentLinks,
                    closeTimeoutMillis,
                    connectTimeoutMillis,
                    userTimeoutMillis,
                    backlog);
        }
    }
}
