// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.cli;

import io.hongyan.client.ServerAddress;

/** Reads {@code tcp://HOST:PORT}, {@code tls://HOST:PORT} and {@code udp://HOST:PORT} from a command line. */
public final class ServerUrl {

    private ServerUrl() {}

    /** @throws CommandFailure with a sentence that says what is wrong */
    public static ServerAddress parse(String text) {
        if (text.regionMatches(true, 0, "ws://", 0, 5) || text.regionMatches(true, 0, "wss://", 0, 6)) {
            throw CommandFailure.usage(
                    "This build has no WebSocket transport: use tcp://, tls:// or udp:// instead of " + text + ".");
        }
        try {
            return ServerAddress.parse(text);
        } catch (IllegalArgumentException e) {
            throw CommandFailure.usage(
                    "Not a server address: " + text + ". It is tcp://HOST:PORT, tls://HOST:PORT or udp://HOST:PORT, "
                            + "an IPv6 address in brackets as in tcp://[::1]:7901.");
        }
    }
}
