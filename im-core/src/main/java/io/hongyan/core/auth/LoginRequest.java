// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.auth;

import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.packet.DeviceId;
import io.hongyan.protocol.packet.UserId;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What an authenticator judges.
 *
 * @param user who it says it is
 * @param device on which of his devices
 * @param platform free text from the client, such as {@code "android"}; may be empty
 * @param token the client's secret; may be empty
 * @param transport the carrier's short name, {@code "tcp"}, {@code "tls"} or {@code "udp"}
 * @param remoteAddress where the login comes from, behind a trusted proxy too
 * @param certificate the client's, found good by the CA that the listener trusts; null when it showed none
 */
@ThreadSafe
public record LoginRequest(
        UserId user,
        DeviceId device,
        String platform,
        String token,
        String transport,
        InetSocketAddress remoteAddress,
        @Nullable X509Certificate certificate) {
    public LoginRequest {
        Objects.requireNonNull(user, "user");
        Objects.requireNonNull(device, "device");
        Objects.requireNonNull(platform, "platform");
        Objects.requireNonNull(token, "token");
        Objects.requireNonNull(transport, "transport");
        Objects.requireNonNull(remoteAddress, "remoteAddress");
    }

    /** Of a client without a certificate. */
    public LoginRequest(
            UserId user,
            DeviceId device,
            String platform,
            String token,
            String transport,
            InetSocketAddress remoteAddress) {
        this(user, device, platform, token, transport, remoteAddress, null);
    }

    /** Who the client's certificate says it is, such as {@code CN=alice,O=Example}; null when it showed none. */
    public @Nullable String certificateSubject() {
        return certificate == null
                ? null
                : certificate.getSubjectX500Principal().getName();
    }

    /** All but the token. */
    @Override
    public String toString() {
        return "LoginRequest[user=" + user + ", device=" + device + ", platform=" + platform + ", transport="
                + transport + ", remoteAddress=" + remoteAddress + ", certificateSubject=" + certificateSubject() + "]";
    }
}
