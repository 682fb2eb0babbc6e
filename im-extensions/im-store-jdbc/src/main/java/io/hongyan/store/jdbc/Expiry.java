// SPDX-License-Identifier: Apache-2.0
package io.hongyan.store.jdbc;

import io.hongyan.core.store.ExpiredMessage;
import io.hongyan.protocol.packet.Message;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Lets go of what has expired: first the places in inboxes, then the messages. */
final class Expiry {
    private record Entry(String user, long position, boolean seen, MessageRow row) {}

    private Expiry() {}

    static List<ExpiredMessage> run(
            Transaction transaction, Dictionary conversations, Dictionary addresses, long nowMillis, int maxMessages)
            throws SQLException {
        Link link = transaction.link();
        List<long[]> places = places(link, nowMillis, maxMessages);
        List<Entry> entries = new ArrayList<>();
        for (long[] place : places) {
            Entry entry = entry(link, place[0], place[1]);
            if (entry != null) {
                entries.add(entry);
            }
            delete(link, "DELETE FROM inbox WHERE owner = ? AND position = ?", place[0], place[1]);
        }
        List<ExpiredMessage> expired = told(link, entries, conversations, addresses);
        if (places.size() < maxMessages) {
            for (long[] key : messages(link, nowMillis, maxMessages - places.size())) {
                delete(link, "DELETE FROM message WHERE conversation = ? AND sequence = ?", key[0], key[1]);
            }
        }
        return expired;
    }

    private static List<long[]> places(Link link, long nowMillis, int most) throws SQLException {
        return pairs(
                link.statement("SELECT owner, position FROM inbox WHERE expires_ms < ? ORDER BY expires_ms LIMIT ?"),
                nowMillis,
                most);
    }

    private static List<long[]> messages(Link link, long nowMillis, int most) throws SQLException {
        return pairs(
                link.statement(
                        "SELECT conversation, sequence FROM message WHERE expires_ms < ? ORDER BY expires_ms LIMIT ?"),
                nowMillis,
                most);
    }

    private static List<long[]> pairs(PreparedStatement select, long nowMillis, int most) throws SQLException {
        select.setLong(1, nowMillis);
        select.setInt(2, most);
        List<long[]> pairs = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                pairs.add(new long[] {row.getLong(1), row.getLong(2)});
            }
        }
        return pairs;
    }

    /** What is at a place; null if retention has taken the message. */
    private static @Nullable Entry entry(Link link, long owner, long position) throws SQLException {
        PreparedStatement select = link.statement("SELECT a.name, a.furthest, " + MessageRow.COLUMNS
                + " FROM inbox i JOIN address a ON a.id = i.owner "
                + "JOIN message m ON m.conversation = i.conversation AND m.sequence = i.sequence "
                + "WHERE i.owner = ? AND i.position = ?");
        select.setLong(1, owner);
        select.setLong(2, position);
        try (ResultSet row = select.executeQuery()) {
            return row.next()
                    ? new Entry(row.getString(1), position, row.getLong(2) >= position, MessageRow.read(row, 3))
                    : null;
        }
    }

    private static List<ExpiredMessage> told(
            Link link, List<Entry> entries, Dictionary conversations, Dictionary addresses) throws SQLException {
        List<Entry> unseen = entries.stream().filter(entry -> !entry.seen()).toList();
        List<Message> messages =
                MessageRow.messages(unseen.stream().map(Entry::row).toList(), link, conversations, addresses);
        List<ExpiredMessage> told = new ArrayList<>();
        for (int i = 0; i < messages.size(); i++) {
            Entry entry = unseen.get(i);
            told.add(new ExpiredMessage(Names.user(entry.user()), entry.position(), messages.get(i)));
        }
        return told;
    }

    private static void delete(Link link, String sql, long first, long second) throws SQLException {
        PreparedStatement delete = link.statement(sql);
        delete.setLong(1, first);
        delete.setLong(2, second);
        delete.executeUpdate();
    }
}
