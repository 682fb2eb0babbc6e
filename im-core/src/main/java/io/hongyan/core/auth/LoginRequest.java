// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.auth;

import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.packet.DeviceId;
import io.hongyan.protocol.packet.UserId;
import java.net.InetSocketAddress;
import java.util.Objects;

/**
 * What an authenticator judges.
 *
 * @param user who it says it is
 * @param device on which of his devices
 * @param platform free text from the client, such as {@code "android"}; may be empty
 * @param token the client's secret; may be empty
 * @param transport the carrier's short name, {@code "tcp"} or {@code "udp"}
 * @param remoteAddress where the login comes from
 */
@ThreadSafe
public record LoginRequest(
        UserId user,
        DeviceId device,
        String platform,
        String token,
        String transport,
        InetSocketAddress remoteAddress) {
    public LoginRequest {
        Objects.requireNonNull(user, "user");
        Objects.requireNonNull(device, "device");
        Objects.requireNonNull(platform, "platform");
        Objects.requireNonNull(token, "token");
        Objects.requireNonNull(transport, "transport");
        Objects.requireNonNull(remoteAddress, "remoteAddress");
    }

    /** All but the token. */
    @Override
    public String toString() {
        return "LoginRequest[user=" + user + ", device=" + device + ", platform=" + platform + ", transport="
                + transport + ", remoteAddress=" + remoteAddress + "]";
    }
}
