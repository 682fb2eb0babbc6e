// SPDX-License-Identifier: Apache-2.0
package io.hongyan.store.jdbc;

import io.hongyan.core.store.InboxPage;
import io.hongyan.core.store.StoredMessage;
import io.hongyan.protocol.packet.Message;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What is read, each in one transaction. The database adds up the sizes, so that a page of large messages is cut before
 * it is sent here.
 */
final class Reads {
    private static final String INBOX = "SELECT i.position, i.size, " + MessageRow.COLUMNS + " FROM ("
            + "SELECT position, conversation, sequence, size, SUM(size) OVER (ORDER BY position) AS total FROM ("
            + "SELECT position, conversation, sequence, size FROM inbox WHERE owner = ? AND position > ? "
            + "ORDER BY position LIMIT ?) p) i "
            + "LEFT JOIN message m ON m.conversation = i.conversation AND m.sequence = i.sequence "
            + "WHERE i.total - i.size <= ? ORDER BY i.position";
    private static final String HISTORY = "SELECT h.size, " + MessageRow.COLUMNS + " FROM ("
            + "SELECT conversation, sequence, size, SUM(size) OVER (ORDER BY sequence DESC) AS total FROM ("
            + "SELECT conversation, sequence, size FROM message WHERE conversation = ? AND sequence < ? "
            + "ORDER BY sequence DESC LIMIT ?) p) h "
            + "JOIN message m ON m.conversation = h.conversation AND m.sequence = h.sequence "
            + "WHERE h.total - h.size <= ? ORDER BY h.sequence DESC";
    private static final String STATE = "SELECT position, lost_through, furthest FROM address WHERE id = ?";

    private final Dictionary conversations;
    private final Dictionary addresses;

    Reads(Dictionary conversations, Dictionary addresses) {
        this.conversations = conversations;
        this.addresses = addresses;
    }

    InboxPage inbox(Link link, String user, long after, int maxMessages, int maxBytes) throws SQLException {
        Long owner = addresses.find(link, user);
        if (owner == null) {
            return InboxPage.nothing(after);
        }
        long[] state = state(link, owner);
        long end = state[0];
        if (after >= end) {
            return InboxPage.nothing(after);
        }
        PreparedStatement select = link.statement(INBOX);
        long lost = Math.max(after, state[1]);
        select.setLong(1, owner);
        select.setLong(2, lost);
        select.setInt(3, maxMessages);
        select.setInt(4, maxBytes);
        List<MessageRow> rows = new ArrayList<>();
        List<Long> positions = new ArrayList<>();
        long through = lost;
        long bytes = 0;
        int seen = 0;
        boolean cut = false;
        try (ResultSet row = select.executeQuery()) {
            while (!cut && row.next()) {
                long position = row.getLong(1);
                boolean kept = row.getLong(4) > 0;
                bytes += row.getInt(2);
                if (seen > 0 && bytes > maxBytes || !kept && !rows.isEmpty()) {
                    cut = true;
                } else {
                    seen++;
                    through = position;
                    if (kept) {
                        rows.add(MessageRow.read(row, 3));
                        positions.add(position);
                    } else {
                        lost = position;
                    }
                }
            }
        }
        // What is behind the last row of a page that is not full has been let go, or is behind the cut of the database.
        boolean whole = !cut && seen < maxMessages && !hasMore(link, owner, through);
        if (whole) {
            through = Math.max(through, end);
        }
        List<Message> messages = MessageRow.messages(rows, link, conversations, addresses);
        List<StoredMessage> stored = new ArrayList<>(messages.size());
        for (int i = 0; i < messages.size(); i++) {
            stored.add(new StoredMessage(positions.get(i), messages.get(i)));
        }
        return new InboxPage(stored, through, lost, through >= end);
    }

    List<Message> history(Link link, String conversation, long before, int maxMessages, int maxBytes)
            throws SQLException {
        Long id = conversations.find(link, conversation);
        if (id == null) {
            return List.of();
        }
        PreparedStatement select = link.statement(HISTORY);
        select.setLong(1, id);
        select.setLong(2, before);
        select.setInt(3, maxMessages);
        select.setInt(4, maxBytes);
        List<MessageRow> rows = new ArrayList<>();
        long bytes = 0;
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                bytes += row.getInt(1);
                if (!rows.isEmpty() && bytes > maxBytes) {
                    break;
                }
                rows.add(MessageRow.read(row, 2));
            }
        }
        return Collections.unmodifiableList(MessageRow.messages(rows, link, conversations, addresses));
    }

    int waiting(Link link, String user, int most) throws SQLException {
        Long owner = addresses.find(link, user);
        if (owner == null) {
            return 0;
        }
        long[] state = state(link, owner);
        PreparedStatement count = link.statement("SELECT COUNT(*) FROM (SELECT 1 FROM inbox "
                + "WHERE owner = ? AND position > ? AND own = 0 LIMIT ?) waiting");
        count.setLong(1, owner);
        count.setLong(2, Math.max(state[1], state[2]));
        count.setInt(3, most);
        try (ResultSet row = count.executeQuery()) {
            return row.next() ? row.getInt(1) : 0;
        }
    }

    long readMark(Link link, String user, String conversation) throws SQLException {
        Long owner = addresses.find(link, user);
        Long id = conversations.find(link, conversation);
        if (owner == null || id == null) {
            return 0;
        }
        PreparedStatement select =
                link.statement("SELECT sequence FROM read_mark WHERE owner = ? AND conversation = ?");
        select.setLong(1, owner);
        select.setLong(2, id);
        try (ResultSet row = select.executeQuery()) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    private static long[] state(Link link, long owner) throws SQLException {
        PreparedStatement select = link.statement(STATE);
        select.setLong(1, owner);
        try (ResultSet row = select.executeQuery()) {
            return row.next() ? new long[] {row.getLong(1), row.getLong(2), row.getLong(3)} : new long[3];
        }
    }

    private static boolean hasMore(Link link, long owner, long through) throws SQLException {
        PreparedStatement select =
                link.statement("SELECT 1 FROM inbox WHERE owner = ? AND position > ? ORDER BY position LIMIT 1");
        select.setLong(1, owner);
        select.setLong(2, through);
        try (ResultSet row = select.executeQuery()) {
            return row.next();
        }
    }
}
