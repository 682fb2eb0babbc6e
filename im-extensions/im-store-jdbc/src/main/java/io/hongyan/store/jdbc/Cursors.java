// SPDX-License-Identifier: Apache-2.0
package io.hongyan.store.jdbc;

import io.hongyan.core.store.Cursor;
import io.hongyan.core.store.MessageStore;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Where devices are in inboxes. */
final class Cursors {
    /** The next stamp of saving: greater than all of this user. */
    private static final String NEXT_STAMP = "SELECT COALESCE(MAX(saved), 0) + 1 FROM device WHERE owner = ?";

    /** Of the messages that wait for a user, when one is looked for. */
    private static final int MOST_LOOKED_THROUGH = 4_096;

    private Cursors() {}

    /** Where a device is; a new one begins at the furthest, and the one saved longest ago makes way for it. */
    static Cursor of(Transaction transaction, String user, String device) throws SQLException {
        Link link = transaction.link();
        long owner = transaction.makeAddress(user);
        long furthest = number(link, link.dialect().locked("SELECT furthest FROM address WHERE id = ?"), owner);
        PreparedStatement known = link.statement("SELECT position FROM device WHERE owner = ? AND name = ?");
        known.setLong(1, owner);
        known.setString(2, device);
        try (ResultSet row = known.executeQuery()) {
            if (row.next()) {
                return new Cursor(row.getLong(1), furthest, false);
            }
        }
        long stamp = number(link, NEXT_STAMP, owner);
        PreparedStatement insert =
                link.statement("INSERT INTO device (owner, name, position, saved) VALUES (?, ?, ?, ?)");
        insert.setLong(1, owner);
        insert.setString(2, device);
        insert.setLong(3, furthest);
        insert.setLong(4, stamp);
        insert.executeUpdate();
        if (number(link, "SELECT COUNT(*) FROM device WHERE owner = ?", owner) > MessageStore.MAX_DEVICES) {
            long oldest = number(link, "SELECT MIN(saved) FROM device WHERE owner = ?", owner);
            PreparedStatement delete = link.statement("DELETE FROM device WHERE owner = ? AND saved = ?");
            delete.setLong(1, owner);
            delete.setLong(2, oldest);
            delete.executeUpdate();
        }
        return new Cursor(furthest, furthest, true);
    }

    /** Raises a device's position, unless the device is not known or the position beyond the inbox's end. */
    static void advance(Transaction transaction, String user, String device, long position) throws SQLException {
        Long owner = transaction.address(user);
        if (owner == null) {
            return;
        }
        Link link = transaction.link();
        long last = number(link, link.dialect().locked("SELECT position FROM address WHERE id = ?"), owner);
        if (position > last) {
            return;
        }
        long stamp = number(link, NEXT_STAMP, owner);
        PreparedStatement update = link.statement(
                "UPDATE device SET position = ?, saved = ? WHERE owner = ? AND name = ? AND position < ?");
        update.setLong(1, position);
        update.setLong(2, stamp);
        update.setLong(3, owner);
        update.setString(4, device);
        update.setLong(5, position);
        if (update.executeUpdate() > 0) {
            PreparedStatement furthest =
                    link.statement("UPDATE address SET furthest = ? WHERE id = ? AND furthest < ?");
            furthest.setLong(1, position);
            furthest.setLong(2, owner);
            furthest.setLong(3, position);
            furthest.executeUpdate();
        }
    }

    /**
     * Whether a message is not among those that no device of a user has. Where more wait than are looked through, the answer
     * is no: then its sender hears of it when it is delivered.
     */
    static boolean isDelivered(Transaction transaction, String user, String conversation, long sequence)
            throws SQLException {
        Long owner = transaction.address(user);
        Long id = transaction.conversation(conversation);
        if (owner == null || id == null) {
            return true;
        }
        Link link = transaction.link();
        long furthest = number(link, "SELECT furthest FROM address WHERE id = ?", owner);
        if (number(link, "SELECT position FROM address WHERE id = ?", owner) - furthest > MOST_LOOKED_THROUGH) {
            return false;
        }
        PreparedStatement waiting = link.statement(
                "SELECT 1 FROM inbox WHERE owner = ? AND position > ? AND conversation = ? AND sequence = ?");
        waiting.setLong(1, owner);
        waiting.setLong(2, furthest);
        waiting.setLong(3, id);
        waiting.setLong(4, sequence);
        try (ResultSet row = waiting.executeQuery()) {
            return !row.next();
        }
    }

    private static long number(Link link, String select, long id) throws SQLException {
        PreparedStatement statement = link.statement(select);
        statement.setLong(1, id);
        try (ResultSet row = statement.executeQuery()) {
            return row.next() ? row.getLong(1) : 0;
        }
    }
}
