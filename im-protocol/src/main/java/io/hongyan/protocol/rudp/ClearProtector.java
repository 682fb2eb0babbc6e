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

    private final long sealKey0;
    private final long sealKey1;
    private final long openKey0;
    private final long openKey1;

    private ClearProtector(byte[] keys, int sealOffset, int openOffset) {
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

    private static final class ClearFactory implements Factory {
        private static final byte[] LABEL = "hongyan rudp 1 clear".getBytes(StandardCharsets.US_ASCII);

        @Override
        public int protection() {
            return Wire.PROTECTION_CLEAR;
        }

        @Override
        public int keyExchangeBytes() {
            return 16;
        }

        /** 32 bytes = HMAC-SHA256 under both sides' random bytes; the first half seals what the client sends. */
        @Override
        public Protector create(byte[] clientKeyExchange, byte[] serverKeyExchange, boolean server) {
            byte[] secret = new byte[clientKeyExchange.length + serverKeyExchange.length];
            System.arraycopy(clientKeyExchange, 0, secret, 0, clientKeyExchange.length);
            System.arraycopy(serverKeyExchange, 0, secret, clientKeyExchange.length, serverKeyExchange.length);
            byte[] keys = ServerSecret.hmac(secret, LABEL);
            return server ? new ClearProtector(keys, 16, 0) : new ClearProtector(keys, 0, 16);
        }
    }
}
