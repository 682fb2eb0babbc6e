// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import io.hongyan.protocol.Confined;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/**
 * An IP address and a UDP port as plain numbers: a holder that is filled again and again, so that an address costs no
 * object per datagram. IPv4 is kept as {@code ::ffff:a.b.c.d}.
 *
 * <p>Being mutable it is no key of a map while it may change; use a {@link #copy()}.
 */
@Confined("owner")
public final class PeerAddress {
    private static final long MAPPED_IPV4 = 0xffff_0000_0000L;

    private long high;
    private long low;
    private int port;

    /** An empty holder: address {@code ::}, port 0. */
    public PeerAddress() {}

    /** A holder filled from a resolved socket address. */
    public static PeerAddress of(InetSocketAddress address) {
        PeerAddress peer = new PeerAddress();
        peer.set(address);
        return peer;
    }

    /** Fills the holder with 16 bytes of address, network order, in two halves, and a port 0..65535. */
    public void set(long high, long low, int port) {
        this.high = high;
        this.low = low;
        this.port = port & 0xffff;
    }

    /** Fills the holder with an IPv4 address, network order in one int, and a port 0..65535. */
    public void setIpv4(int address, int port) {
        set(0, MAPPED_IPV4 | (address & 0xffff_ffffL), port);
    }

    /**
     * Fills the holder from a socket address.
     *
     * @throws IllegalArgumentException if the address is not resolved
     */
    public void set(InetSocketAddress address) {
        InetAddress host = address.getAddress();
        if (host == null) {
            throw new IllegalArgumentException("unresolved address: " + address);
        }
        byte[] bytes = host.getAddress();
        if (host instanceof Inet4Address) {
            setIpv4((int) Bytes.readLong(bytes, 0, 4), address.getPort());
        } else {
            set(Bytes.readLong(bytes, 0, 8), Bytes.readLong(bytes, 8, 8), address.getPort());
        }
    }

    /** Fills the holder with another's content. */
    public void copyFrom(PeerAddress other) {
        high = other.high;
        low = other.low;
        port = other.port;
    }

    /** A new holder with the same content. */
    public PeerAddress copy() {
        PeerAddress copy = new PeerAddress();
        copy.copyFrom(this);
        return copy;
    }

    /** The first eight bytes of the address. */
    public long high() {
        return high;
    }

    /** The last eight bytes of the address. */
    public long low() {
        return low;
    }

    /** The port, 0..65535. */
    public int port() {
        return port;
    }

    /** Whether the address is IPv4. */
    public boolean isIpv4() {
        return high == 0 && low >>> 32 == 0xffff;
    }

    /** Whether both have the same IP address, whatever their ports. */
    public boolean sameHost(PeerAddress other) {
        return high == other.high && low == other.low;
    }

    /** Whether both hold the same address and port, without the cost of {@link #equals(Object)}'s type test. */
    public boolean sameAs(PeerAddress other) {
        return port == other.port && low == other.low && high == other.high;
    }

    /** A socket address with this content: a new object, for logs and for sockets. */
    public InetSocketAddress toSocketAddress() {
        byte[] bytes;
        if (isIpv4()) {
            bytes = new byte[4];
            Bytes.writeLong(bytes, 0, low, 4);
        } else {
            bytes = new byte[16];
            Bytes.writeLong(bytes, 0, high, 8);
            Bytes.writeLong(bytes, 8, low, 8);
        }
        try {
            return new InetSocketAddress(InetAddress.getByAddress(bytes), port);
        } catch (UnknownHostException e) {
            throw new AssertionError("4 or 16 bytes are always an address", e);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PeerAddress address && sameAs(address);
    }

    @Override
    public int hashCode() {
        long mixed = (high * 31 + low) * 31 + port;
        return Long.hashCode(mixed * 0x9e37_79b9_7f4a_7c15L);
    }

    @Override
    public String toString() {
        return toSocketAddress().toString();
    }
}
