// SPDX-License-Identifier: Apache-2.0
package io.hongyan.server.netty;

import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.rudp.CongestionControl;
import io.hongyan.protocol.rudp.RudpConfig;
import java.util.Objects;
import java.util.Optional;

/**
 * What can be chosen for the reliable-UDP engine of a listener; {@link NettyTransport} says what each means. A value that
 * may be wrong: {@link #mistake} tells, when the server is built.
 */
@ThreadSafe
record UdpSettings(int ticketSeconds, boolean redundancy, CongestionControl congestionControl, int maxDatagramBytes) {

    static final UdpSettings DEFAULTS = defaults();

    UdpSettings {
        Objects.requireNonNull(congestionControl, "congestionControl");
    }

    UdpSettings ticketSeconds(int seconds) {
        return new UdpSettings(seconds, redundancy, congestionControl, maxDatagramBytes);
    }

    UdpSettings redundancy(boolean wanted) {
        return new UdpSettings(ticketSeconds, wanted, congestionControl, maxDatagramBytes);
    }

    UdpSettings congestionControl(CongestionControl wanted) {
        return new UdpSettings(ticketSeconds, redundancy, wanted, maxDatagramBytes);
    }

    UdpSettings maxDatagramBytes(int bytes) {
        return new UdpSettings(ticketSeconds, redundancy, congestionControl, bytes);
    }

    /** The engine's configuration, to be completed. */
    RudpConfig.Builder config() {
        return RudpConfig.builder()
                .ticketLifetimeSeconds(ticketSeconds)
                .redundancy(redundancy)
                .congestionControl(congestionControl)
                .maxDatagramBytes(maxDatagramBytes);
    }

    /** What is out of its range, in words. */
    Optional<String> mistake() {
        try {
            config().build();
            return Optional.empty();
        } catch (IllegalArgumentException outOfRange) {
            return Optional.of(String.valueOf(outOfRange.getMessage()));
        }
    }

    private static UdpSettings defaults() {
        RudpConfig engine = RudpConfig.defaults();
        return new UdpSettings(
                engine.ticketLifetimeSeconds(),
                engine.redundancy(),
                engine.congestionControl(),
                engine.maxDatagramBytes());
    }
}
