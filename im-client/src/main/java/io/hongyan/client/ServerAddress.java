// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Objects;

/**
 * Where a server listens: a transport, a host, a port.
 *
 * <p>Written {@code tls://chat.example:7901}, {@code tcp://192.0.2.1:7901} or {@code udp://[::1]:7901}; without a port it
 * is {@value #DEFAULT_PORT}. Immutable. A host name is looked up anew by every attempt to connect.
 *
 * @param transport {@code "tcp"}, {@code "tls"} for TCP protected by TLS, or {@code "udp"}
 * @param host a name, an IPv4 address, or an IPv6 address without brackets
 * @param port 1 to 65535
 */
public record ServerAddress(String transport, String host, int port) {

    /** The port of a server that names none. */
    public static final int DEFAULT_PORT = 7901;

    /** @throws IllegalArgumentException when the transport is unknown, the host empty or the port out of range */
    public ServerAddress {
        Objects.requireNonNull(host, "host");
        if (!transport.equals("tcp") && !transport.equals("tls") && !transport.equals("udp")) {
            throw new IllegalArgumentException("transport must be tcp, tls or udp: " + transport);
        }
        if (host.isEmpty()) {
            throw new IllegalArgumentException("a server needs a host");
        }
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port must be 1 to 65535: " + port);
        }
    }

    /**
     * Reads {@code transport://host:port}.
     *
     * @throws IllegalArgumentException when the text is not such an address
     */
    public static ServerAddress parse(String text) {
        URI uri;
        try {
            uri = new URI(text.trim());
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("not a server address: " + text, e);
        }
        String scheme = uri.getScheme();
        String host = uri.getHost();
        boolean more = uri.getUserInfo() != null
                || uri.getQuery() != null
                || uri.getFragment() != null
                || (uri.getPath() != null && !uri.getPath().isEmpty());
        if (scheme == null || host == null || more) {
            throw new IllegalArgumentException(
                    "a server address is tcp://HOST:PORT, tls://HOST:PORT or udp://HOST:PORT: " + text);
        }
        String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        return new ServerAddress(
                scheme.toLowerCase(Locale.ROOT), bare, uri.getPort() == -1 ? DEFAULT_PORT : uri.getPort());
    }

    /** Whether TLS protects what is sent. */
    public boolean isProtected() {
        return transport.equals("tls");
    }

    @Override
    public String toString() {
        return transport + "://" + (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
