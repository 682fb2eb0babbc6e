// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.listener;

import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.packet.DeviceId;
import io.hongyan.protocol.packet.UserId;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;

/**
 * What the application sees of a session: who, from where, since when. A value taken at login, and anew when the session
 * goes on over another connection; it stays readable when the session has ended.
 *
 * @param id names the session within its server, and in its log lines
 * @param user who is logged in
 * @param device on which of his devices
 * @param platform free text from the client; may be empty
 * @param transport the carrier's short name, {@code "tcp"} or {@code "udp"}
 * @param remoteAddress where its connection came from; on UDP a client may have moved since
 * @param loginTime when it was let in
 * @param attributes what the authenticator gave it
 */
@ThreadSafe
public record SessionInfo(
        long id,
        UserId user,
        DeviceId device,
        String platform,
        String transport,
        InetSocketAddress remoteAddress,
        Instant loginTime,
        Map<String, String> attributes) {
    public SessionInfo {
        Objects.requireNonNull(user, "user");
        Objects.requireNonNull(device, "device");
        Objects.requireNonNull(platform, "platform");
        Objects.requireNonNull(transport, "transport");
        Objects.requireNonNull(remoteAddress, "remoteAddress");
        Objects.requireNonNull(loginTime, "loginTime");
        attributes = Map.copyOf(attributes);
    }
}
