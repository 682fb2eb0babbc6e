// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

/**
 * Protects the datagrams of one connection, each under its packet number, in place. Every real protector
 * authenticates. The header (up to {@code headerEnd}) stays readable but is covered.
 */
interface Protector {
    /** How many bytes {@link #seal} adds. */
    int overheadBytes();

    /** Seals {@code datagram[0, end)}; answers the new end, {@link #overheadBytes()} further. */
    int seal(long packetNumber, byte[] datagram, int headerEnd, int end);

    /** Opens {@code datagram[0, end)}; answers the end of what was sealed, or -1 if it is not authentic. */
    int open(long packetNumber, byte[] datagram, int headerEnd, int end);

    /**
     * {@value Wire#RESUMPTION_SECRET_BYTES} bytes that both ends of this connection know and nobody else learns from
     * what they send: of them a later connection makes its keys.
     */
    byte[] resumptionSecret();

    /** Makes the two ends' protectors from what the handshake exchanged. */
    interface Factory {
        /** The kind told in INITIAL. */
        int protection();

        /** Length of the key-exchange bytes either side sends, 16 to {@value Wire#MAX_KEY_EXCHANGE_BYTES}. */
        int keyExchangeBytes();

        /** One end's protector. */
        Protector create(byte[] clientKeyExchange, byte[] serverKeyExchange, boolean server);

        /** One end's protector when a ticket spares the server's key exchange. */
        Protector resume(byte[] clientKeyExchange, byte[] resumptionSecret, boolean server);
    }
}
