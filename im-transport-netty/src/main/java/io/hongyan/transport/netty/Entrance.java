// SPDX-License-Identifier: Apache-2.0
package io.hongyan.transport.netty;

import io.hongyan.protocol.ThreadSafe;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What stands between a TCP listener's port and its connections; immutable.
 *
 * @param tls null = the port has no TLS
 * @param allowsPlaintext whether a port with TLS takes plain text, too
 * @param proxies from these addresses every link begins with a PROXY protocol header, version 1 or 2, whose address
 *     counts; from all others none may
 * @param gate who is let in, by address
 * @param events hears who is not
 */
@ThreadSafe
public record Entrance(
        @Nullable ServerTls tls,
        boolean allowsPlaintext,
        Networks proxies,
        ConnectionGate gate,
        TransportEvents events) {
    /** Plain text, for everybody. */
    public static final Entrance OPEN =
            new Entrance(null, true, Networks.NONE, ConnectionGate.OPEN, TransportEvents.NONE);

    public Entrance {
        Objects.requireNonNull(proxies, "proxies");
        Objects.requireNonNull(gate, "gate");
        Objects.requireNonNull(events, "events");
    }

    /** Whether plain text is taken. */
    boolean takesPlaintext() {
        return tls == null || allowsPlaintext;
    }
}
