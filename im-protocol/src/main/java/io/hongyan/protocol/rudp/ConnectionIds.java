// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

/**
 * Makes and judges the ids by which a server is addressed, and the tokens of its resets, from the server's secret alone.
 *
 * <pre>
 *   63   56 55        32 31        20 19        0
 *   | loop |    slot    | generation |   check  |     check = first 20 bits of SipHash(key, the 44 bits before)
 * </pre>
 *
 * <p>A live connection answers only to its whole id. The generation is in the id, not only in the check, so that a
 * server that forgot everything still knows which ids were once its own, and may answer them with a reset.
 */
final class ConnectionIds {
    static final int GENERATION_BITS = 12;
    static final int GENERATION_MASK = (1 << GENERATION_BITS) - 1;

    private static final int CHECK_BITS = 64 - 44;
    private static final long CHECK_MASK = (1L << CHECK_BITS) - 1;

    private final long checkKey0;
    private final long checkKey1;
    private final long tokenKey0;
    private final long tokenKey1;
    private final byte[] host = new byte[16];

    ConnectionIds(ServerSecret secret) {
        byte[] keys = secret.derive("connection id");
        checkKey0 = Bytes.getLong(keys, 0);
        checkKey1 = Bytes.getLong(keys, 8);
        tokenKey0 = Bytes.getLong(keys, 16);
        tokenKey1 = Bytes.getLong(keys, 24);
    }

    /** The id of a slot (0 to 2^24 - 1) in a generation (0 to 4095). */
    long create(int loop, int slot, int generation) {
        long named = (long) loop << 56 | (long) slot << 32 | (long) generation << CHECK_BITS;
        return named | check(named);
    }

    /** Whether some server with this secret gave out this id at some time. */
    boolean isOurs(long id) {
        return check(id & ~CHECK_MASK) == (id & CHECK_MASK);
    }

    /**
     * What proves that a reset for this id comes from the server, to a client at this IP address, whatever its port. An
     * id has other tenants after 4,096 generations, and a new process gives out those of the one before: what a tenant
     * learned elsewhere ends nobody's connection.
     */
    long resetToken(long id, PeerAddress client) {
        Bytes.putLong(host, 0, client.high());
        Bytes.putLong(host, 8, client.low());
        return SipHash.prefixed(tokenKey0, tokenKey1, id, host, 0, host.length);
    }

    static int loopOf(long id) {
        return (int) (id >>> 56);
    }

    static int slotOf(long id) {
        return (int) (id >>> 32) & 0xff_ffff;
    }

    private long check(long named) {
        return SipHash.hash(checkKey0, checkKey1, named) >>> (64 - CHECK_BITS);
    }
}
