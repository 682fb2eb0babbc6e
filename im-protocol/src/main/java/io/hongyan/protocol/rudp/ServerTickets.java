// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The tickets of one server endpoint: gives each client one, with which its next connection begins without a round trip,
 * and knows which of them were used.
 *
 * <pre>
 *   loop 1 | box: serial number 8 | time of issue 8 | resumption secret 32
 * </pre>
 *
 * <p>The loop is readable, for who hands datagrams over. The box's key is of this endpoint alone, made of the server's
 * secret and of chance: a ticket of another loop, or of this one before a restart, does not open, since this endpoint
 * cannot know whether it was used.
 */
final class ServerTickets {
    /** The length of a ticket. */
    static final int BYTES = 1 + SealedBox.OVERHEAD_BYTES + 8 + 8 + Wire.RESUMPTION_SECRET_BYTES;

    private static final int BOX_AT = 1;

    /** What came back with a ticket that is this endpoint's, not too old and not used. */
    record Content(long serial, byte[] secret) {}

    private final int lifetimeSeconds;
    private final RandomGenerator random;
    private final StrikeRegister register;
    private final @Nullable SealedBox box;
    private final byte[] boundTo;
    private final byte[] plain = new byte[8 + 8 + Wire.RESUMPTION_SECRET_BYTES];

    ServerTickets(RudpConfig config, ServerSecret secret, int loop, RandomGenerator random) {
        this.lifetimeSeconds = config.ticketLifetimeSeconds();
        this.random = random;
        register = new StrikeRegister(config.maxTickets());
        boundTo = new byte[] {(byte) loop};
        if (lifetimeSeconds == 0) {
            box = null;
        } else {
            byte[] chance = new byte[32];
            random.nextBytes(chance);
            box = new SealedBox(ServerSecret.hmac(secret.derive("ticket"), chance));
        }
    }

    /** The name of a ticket that begins at {@code offset} and is long enough to be one. */
    static long nameOf(byte[] bytes, int offset) {
        return SealedBox.nameOf(bytes, offset + BOX_AT);
    }

    /** Whether tickets are given out, and taken. */
    boolean areOn() {
        return box != null;
    }

    int lifetimeSeconds() {
        return lifetimeSeconds;
    }

    /** A new ticket. Only if {@link #areOn()}. */
    byte[] issue(long nowNanos, byte[] resumptionSecret) {
        WireWriter writer = new WireWriter(plain);
        writer.writeLong(register.issue());
        writer.writeLong(nowNanos);
        writer.writeBytes(resumptionSecret, 0, Wire.RESUMPTION_SECRET_BYTES);
        byte[] ticket = new byte[BYTES];
        ticket[0] = boundTo[0];
        box().seal(plain, plain.length, boundTo, random, ticket, BOX_AT);
        return ticket;
    }

    /** Opens a ticket; null if it is forged, of another endpoint, too old or used. */
    @Nullable
    Content open(long nowNanos, byte[] bytes, int offset, int length) {
        if (!areOn() || length != BYTES || bytes[offset] != boundTo[0]) {
            return null;
        }
        if (box().open(bytes, offset + BOX_AT, BYTES - BOX_AT, boundTo, plain) != plain.length) {
            return null;
        }
        WireReader reader = new WireReader(plain).reset(0, plain.length);
        long serial = reader.readLong();
        long age = nowNanos - reader.readLong();
        if (age < 0 || age > lifetimeSeconds * 1_000_000_000L || !register.isUnused(serial)) {
            return null;
        }
        return new Content(serial, reader.readBytes(Wire.RESUMPTION_SECRET_BYTES));
    }

    /** The ticket made a connection, and makes no further one. */
    void strike(Content ticket) {
        register.strike(ticket.serial());
    }

    private SealedBox box() {
        SealedBox box = this.box;
        if (box == null) {
            throw new IllegalStateException("tickets are off");
        }
        return box;
    }
}
