// SPDX-License-Identifier: Apache-2.0
package io.hongyan.store.jdbc;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Lets messages go that are too old or too many in their conversation, the oldest of a conversation first, a few at a time
 * between the batches of the writer. A round goes over all conversations, then over all inboxes: what an inbox no longer
 * has at its beginning is taken out, and how far that goes is noted.
 *
 * <p>Of the writer's thread.
 */
final class Retention {
    private static final int CONVERSATIONS = 64;
    private static final int INBOXES = 64;
    private static final int ROWS = 512;

    /** A step that let so many go has more to do. */
    static final int MANY = ROWS / 2;

    private final StoreOptions options;
    private boolean atInboxes;
    private long done;

    Retention(StoreOptions options) {
        this.options = options;
    }

    /** One step; how many messages were let go. */
    int step(Transaction transaction, long nowMillis) throws SQLException {
        Link link = transaction.link();
        List<Long> part = next(link, atInboxes ? "address" : "conversation", atInboxes ? INBOXES : CONVERSATIONS);
        int left = ROWS;
        int gone = 0;
        long finished = done;
        for (long id : part) {
            int rows = atInboxes ? trimInbox(link, id, left) : trimConversation(link, id, left, nowMillis);
            gone += atInboxes ? 0 : rows;
            left -= rows;
            if (left <= 0) {
                break;
            }
            finished = id;
        }
        if (part.isEmpty()) {
            atInboxes = !atInboxes;
            done = 0;
        } else {
            done = finished;
        }
        return gone;
    }

    private List<Long> next(Link link, String table, int most) throws SQLException {
        PreparedStatement select =
                link.statement("SELECT id FROM " + table + " WHERE id > ? ORDER BY id LIMIT " + most);
        select.setLong(1, done);
        List<Long> ids = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                ids.add(row.getLong(1));
            }
        }
        return ids;
    }

    private int trimConversation(Link link, long conversation, int most, long nowMillis) throws SQLException {
        PreparedStatement select = link.statement("SELECT m.sequence, m.time_ms, c.sequence FROM message m "
                + "JOIN conversation c ON c.id = m.conversation WHERE m.conversation = ? ORDER BY m.sequence LIMIT ?");
        select.setLong(1, conversation);
        select.setInt(2, most);
        int gone = 0;
        long through = 0;
        try (ResultSet row = select.executeQuery()) {
            while (row.next() && goes(row.getLong(1), row.getLong(2), row.getLong(3), nowMillis)) {
                through = row.getLong(1);
                gone++;
            }
        }
        if (gone > 0) {
            PreparedStatement delete = link.statement("DELETE FROM message WHERE conversation = ? AND sequence <= ?");
            delete.setLong(1, conversation);
            delete.setLong(2, through);
            delete.executeUpdate();
        }
        return gone;
    }

    private boolean goes(long sequence, long timeMillis, long last, long nowMillis) {
        long age = nowMillis - timeMillis;
        boolean old = options.keepMillis() > 0 && age > options.keepMillis();
        boolean many = options.keepMessages() > 0 && sequence <= last - options.keepMessages();
        return age > options.keepAtLeastMillis() && (old || many);
    }

    /** Takes out the places at the beginning of an inbox whose messages are gone; how many. */
    private int trimInbox(Link link, long owner, int most) throws SQLException {
        PreparedStatement select = link.statement("SELECT i.position, m.sequence FROM inbox i "
                + "LEFT JOIN message m ON m.conversation = i.conversation AND m.sequence = i.sequence "
                + "WHERE i.owner = ? ORDER BY i.position LIMIT ?");
        select.setLong(1, owner);
        select.setInt(2, most);
        int gone = 0;
        long through = 0;
        try (ResultSet row = select.executeQuery()) {
            while (row.next() && row.getLong(2) == 0) {
                through = row.getLong(1);
                gone++;
            }
        }
        if (gone > 0) {
            PreparedStatement delete = link.statement("DELETE FROM inbox WHERE owner = ? AND position <= ?");
            delete.setLong(1, owner);
            delete.setLong(2, through);
            delete.executeUpdate();
            PreparedStatement update = link.statement("UPDATE address SET lost_through = ? WHERE id = ?");
            update.setLong(1, through);
            update.setLong(2, owner);
            update.executeUpdate();
        }
        return gone;
    }
}
