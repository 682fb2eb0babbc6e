// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * Writes what the store writes for {@link Talk}, in batches, on one thread, and nothing else: all numbers are known before,
 * nobody waits for an answer.
 */
final class BareWriter implements AutoCloseable {
    private final Connection connection;
    private final PreparedStatement message;
    private final PreparedStatement inbox;
    private final PreparedStatement conversation;
    private final PreparedStatement address;
    private final long[] sequences = new long[Talk.PAIRS];
    private final byte[] payload = new byte[Talk.BYTES];
    private final long base;
    private long counter;

    /** Over empty tables. */
    BareWriter(Target target) throws SQLException {
        this(target, 0);
    }

    /** @param base greater than all numbers of names that are there */
    private BareWriter(Target target, long base) throws SQLException {
        this.base = base;
        connection = target.connect();
        connection.setAutoCommit(false);
        message = connection.prepareStatement("INSERT INTO message (conversation, sequence, sender, instance, counter, "
                + "recipient, time_ms, ttl_seconds, expires_ms, type, content_kind, lane, size, payload) "
                + "VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, ?, ?, ?, ?, ?)");
        inbox = connection.prepareStatement("INSERT INTO inbox (owner, position, conversation, sequence, size, own, "
                + "expires_ms) VALUES (?, ?, ?, ?, ?, ?, NULL)");
        conversation = connection.prepareStatement("UPDATE conversation SET sequence = ? WHERE id = ?");
        address = connection.prepareStatement("UPDATE address SET position = ? WHERE id = ?");
        try (PreparedStatement name =
                connection.prepareStatement("INSERT INTO conversation (id, name) VALUES (?, ?)")) {
            for (int pair = 0; pair < Talk.PAIRS; pair++) {
                name.setLong(1, conversation(pair));
                name.setString(2, "u:" + base + ":" + pair);
                name.executeUpdate();
            }
        }
        try (PreparedStatement name = connection.prepareStatement("INSERT INTO address (id, name) VALUES (?, ?)")) {
            for (int pair = 0; pair < Talk.PAIRS; pair++) {
                name.setLong(1, sender(pair));
                name.setString(2, "usender" + (base + pair));
                name.executeUpdate();
                name.setLong(1, partner(pair));
                name.setString(2, "upartner" + (base + pair));
                name.executeUpdate();
            }
        }
        connection.commit();
    }

    /** Beside what is there already. @param base greater than all numbers of names that are there */
    static BareWriter beside(Target target, long base) throws SQLException {
        return new BareWriter(target, base);
    }

    /** One transaction of so many messages. */
    void write(int batch) throws SQLException {
        int pairs = Math.min(batch, Talk.PAIRS);
        for (int i = 0; i < batch; i++) {
            insert((int) (counter++ % Talk.PAIRS));
        }
        message.executeBatch();
        inbox.executeBatch();
        for (int pair = 0; pair < pairs; pair++) {
            set(conversation, sequences[pair], conversation(pair));
            set(address, sequences[pair], sender(pair));
            set(address, sequences[pair], partner(pair));
        }
        conversation.executeBatch();
        address.executeBatch();
        connection.commit();
    }

    private void insert(int pair) throws SQLException {
        long sequence = ++sequences[pair];
        message.setLong(1, conversation(pair));
        message.setLong(2, sequence);
        message.setLong(3, sender(pair));
        message.setLong(4, base + pair);
        message.setLong(5, sequence);
        message.setLong(6, partner(pair));
        message.setLong(7, System.currentTimeMillis());
        message.setInt(8, 0);
        message.setInt(9, 0);
        message.setInt(10, 0);
        message.setInt(11, 0);
        message.setInt(12, Talk.BYTES);
        message.setBytes(13, payload);
        message.addBatch();
        for (int side = 0; side < 2; side++) {
            inbox.setLong(1, side == 0 ? sender(pair) : partner(pair));
            inbox.setLong(2, sequence);
            inbox.setLong(3, conversation(pair));
            inbox.setLong(4, sequence);
            inbox.setInt(5, Talk.BYTES);
            inbox.setInt(6, 1 - side);
            inbox.addBatch();
        }
    }

    private static void set(PreparedStatement update, long value, long id) throws SQLException {
        update.setLong(1, value);
        update.setLong(2, id);
        update.addBatch();
    }

    private long conversation(int pair) {
        return base + 1 + pair;
    }

    private long sender(int pair) {
        return base + 1 + 2L * pair;
    }

    private long partner(int pair) {
        return base + 2 + 2L * pair;
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
