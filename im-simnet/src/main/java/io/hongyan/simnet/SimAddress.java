// SPDX-License-Identifier: Apache-2.0
package io.hongyan.simnet;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/**
 * A network address: 16 address bytes and a port, equal only if every byte is. An IPv4 address is held as the IPv6
 * address that maps it ({@code ::ffff:a.b.c.d}). Immutable.
 *
 * @param high the first 8 address bytes, big-endian
 * @param low the last 8 address bytes, big-endian
 * @param port 0 to 65535
 */
public record SimAddress(long high, long low, int port) {

    /** Checks the port. */
    public SimAddress {
        if (port < 0 || port > MAX_PORT) {
            throw new IllegalArgumentException("port must be 0 to " + MAX_PORT + ": " + port);
        }
    }

    /**
     * An address from its bytes.
     *
     * @param address 16 bytes, or 4 for IPv4
     */
    public static SimAddress of(byte[] address, int port) {
        ByteBuffer bytes = ByteBuffer.wrap(address);
        return switch (address.length) {
            case 4 -> new SimAddress(0, IPV4_PREFIX | Integer.toUnsignedLong(bytes.getInt()), port);
            case 16 -> new SimAddress(bytes.getLong(), bytes.getLong(), port);
            default ->
                throw new IllegalArgumentException("an address has 4 or 16 bytes, this one has " + address.length);
        };
    }

    /** An IPv4 address, as {@code ipv4("10.0.0.1", 7901)}. No name is ever looked up. */
    public static SimAddress ipv4(String dotted, int port) {
        String[] parts = dotted.split("\\.", -1);
        byte[] address = new byte[4];
        boolean wellFormed = parts.length == address.length;
        for (int i = 0; wellFormed && i < address.length; i++) {
            wellFormed = parts[i].matches("[0-9]{1,3}") && Integer.parseInt(parts[i]) <= 255;
            if (wellFormed) {
                address[i] = (byte) Integer.parseInt(parts[i]);
            }
        }
        if (!wellFormed) {
            throw new IllegalArgumentException("not an IPv4 address like 10.0.0.1: " + dotted);
        }
        return of(address, port);
    }

    /**
     * The same address and port as a resolved socket address.
     *
     * @throws IllegalArgumentException if the address is not resolved
     */
    public static SimAddress of(InetSocketAddress address) {
        if (address.isUnresolved()) {
            throw new IllegalArgumentException("not resolved: " + address);
        }
        return of(address.getAddress().getAddress(), address.getPort());
    }

    /** The same host with another port. */
    public SimAddress withPort(int otherPort) {
        return new SimAddress(high, low, otherPort);
    }

    /** A copy of the 16 address bytes. */
    public byte[] addressBytes() {
        return ByteBuffer.allocate(ADDRESS_BYTES).putLong(high).putLong(low).array();
    }

    /** Puts the 16 address bytes into the buffer, at its position. */
    public void putAddress(ByteBuffer buffer) {
        buffer.put(addressBytes());
    }

    /** This address for real sockets; one that maps IPv4 becomes an IPv4 address. */
    public InetSocketAddress toSocketAddress() {
        try {
            return new InetSocketAddress(InetAddress.getByAddress(addressBytes()), port);
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException("16 bytes are always an address", impossible);
        }
    }

    /** As {@code 10.0.0.1:7901} or {@code [2001:db8:0:0:0:0:0:1]:7901}. */
    @Override
    public String toString() {
        String host = toSocketAddress().getAddress().getHostAddress();
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }

    /** How many bytes {@link #addressBytes()} has. */
    public static final int ADDRESS_BYTES = 16;

    private static final int MAX_PORT = 0xffff;
    private static final long IPV4_PREFIX = 0xffffL << 32;
}
