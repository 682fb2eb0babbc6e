// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import java.nio.charset.StandardCharsets;

/**
 * CLEAR, the lowest protection: nothing is hidden, and an 8-byte SipHash-2-4 tag over packet number and datagram, under
 * a key for each direction, shuts out everyone who did not see the handshake. Who reads the wire can forge.
 */
final class ClearProtector implements Protector {
    static final Factory FACTORY = new ClearFactory();

    private static final int TAG_BYTES = 8;
    private static final byte[] LABEL = label("hongyan rudp 1 clear");
    private static final byte[] RESUMED_LABEL = label("hongyan rudp 1 clear resumed");
    private static final byte[] RESUMPTION_LABEL = label("hongyan rudp 1 clear resumption");

    private final long sealKey0;
    private final long sealKey1;
    private final long openKey0;
    private final long openKey1;
    private final boolean server;

    /** Of 32 bytes, whose first half seals what the client sends. */
    private ClearProtector(byte[] keys, boolean server) {
        this.server = server;
        int sealOffset = server ? 16 : 0;
        int openOffset = 16 - sealOffset;
        sealKey0 = Bytes.getLong(keys, sealOffset);
        sealKey1 = Bytes.getLong(keys, sealOffset + 8);
        openKey0 = Bytes.getLong(keys, openOffset);
        openKey1 = Bytes.getLong(keys, openOffset + 8);
    }

    @Override
    public int overheadBytes() {
        return TAG_BYTES;
    }

    @Override
    public int seal(long packetNumber, byte[] datagram, int headerEnd, int end) {
        Bytes.putLong(datagram, end, SipHash.prefixed(sealKey0, sealKey1, packetNumber, datagram, 0, end));
        return end + TAG_BYTES;
    }

    @Override
    public int open(long packetNumber, byte[] datagram, int headerEnd, int end) {
        int tag = end - TAG_BYTES;
        if (tag < headerEnd
                || SipHash.prefixed(openKey0, openKey1, packetNumber, datagram, 0, tag)
                        != Bytes.getLong(datagram, tag)) {
            return -1;
        }
        return tag;
    }

    /** HMAC-SHA256 under the 32 bytes of keys as the handshake made them. */
    @Override
    public byte[] resumptionSecret() {
        byte[] keys = new byte[32];
        Bytes.putLong(keys, 0, server ? openKey0 : sealKey0);
        Bytes.putLong(keys, 8, server ? openKey1 : sealKey1);
        Bytes.putLong(keys, 16, server ? sealKey0 : openKey0);
        Bytes.putLong(keys, 24, server ? sealKey1 : openKey1);
        return ServerSecret.hmac(keys, RESUMPTION_LABEL);
    }

    private static byte[] label(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static final class ClearFactory implements Factory {

        @Override
        public int protection() {
            return Wire.PROTECTION_CLEAR;
        }

        @Override
        public int keyExchangeBytes() {
            return 16;
        }

        /** 32 bytes = HMAC-SHA256 under both sides' random bytes. */
        @Override
        public Protector create(byte[] clientKeyExchange, byte[] serverKeyExchange, boolean server) {
            return create(clientKeyExchange, serverKeyExchange, LABEL, server);
        }

        /** As from an exchange, with the secret in the place of the server's random bytes. */
        @Override
        public Protector resume(byte[] clientKeyExchange, byte[] resumptionSecret, boolean server) {
            return create(clientKeyExchange, resumptionSecret, RESUMED_LABEL, server);
        }

        private static Protector create(byte[] clients, byte[] servers, byte[] label, boolean server) {
            byte[] secret = new byte[clients.length + servers.length];
            System.arraycopy(clients, 0, secret, 0, clients.length);
            System.arraycopy(servers, 0, secret, clients.length, servers.length);
            return new ClearProtector(ServerSecret.hmac(secret, label), server);
        }
    }
}
