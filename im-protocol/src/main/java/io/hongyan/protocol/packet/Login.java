// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

import java.util.Objects;

/**
 * Client to server, first of all packets: who is there.
 *
 * @param user who logs in
 * @param device on which of his devices; the same device again replaces the session before
 * @param platform free text for the application, such as {@code "android"}, at most {@link #MAX_PLATFORM_BYTES} bytes
 * @param token what the application's authenticator judges, at most {@link #MAX_TOKEN_BYTES} bytes
 * @param instance random, drawn when this client started; message ids begin with it
 * @param keepAliveSeconds after this much silence the client sends PING, in s, 0 to 65535; 0 leaves it to the server
 */
public record Login(UserId user, DeviceId device, String platform, String token, long instance, int keepAliveSeconds)
        implements Packet {
    /** Longest platform, in bytes of UTF-8. */
    public static final int MAX_PLATFORM_BYTES = 64;

    /** Longest token, in bytes of UTF-8. */
    public static final int MAX_TOKEN_BYTES = 4096;

    public Login {
        Objects.requireNonNull(user, "user");
        Objects.requireNonNull(device, "device");
        Utf8.require("platform", platform, MAX_PLATFORM_BYTES);
        Utf8.require("token", token, MAX_TOKEN_BYTES);
        Numbers.requireU16("keepAliveSeconds", keepAliveSeconds);
    }

    @Override
    public PacketType packetType() {
        return PacketType.LOGIN;
    }

    @Override
    public <R> R accept(Handler<R> handler) {
        return handler.onLogin(this);
    }

    /** All but the token. */
    @Override
    public String toString() {
        return "Login[user=" + user + ", device=" + device + ", platform=" + platform + ", instance="
                + Long.toHexString(instance) + ", keepAliveSeconds=" + keepAliveSeconds + "]";
    }
}
