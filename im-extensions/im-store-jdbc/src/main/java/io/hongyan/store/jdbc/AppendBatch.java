// SPDX-License-Identifier: Apache-2.0
package io.hongyan.store.jdbc;

import io.hongyan.core.store.Appended;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.MessageId;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * Gives messages their places and inserts them, all in one transaction. The rows that hold the last sequences and positions
 * are locked first, in one order, so that other processes on the same database leave no gap and no double; where there are
 * none, what was given last is remembered.
 */
final class AppendBatch {
    private static final String INSERT_MESSAGE =
            "INSERT INTO message (conversation, sequence, sender, instance, counter, "
                    + "recipient, time_ms, ttl_seconds, expires_ms, type, content_kind, lane, size, payload) "
                    + "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    private static final String INSERT_INBOX = "INSERT INTO inbox (owner, position, conversation, sequence, size, own, "
            + "expires_ms) VALUES (?, ?, ?, ?, ?, ?, ?)";
    private static final int MOST_TUPLES = 64;

    private record Key(long sender, MessageId id) {}

    private record Place(long sequence, long timeMillis) {}

    /** A message and the numbers of its names. */
    private record Entry(Job.Append job, long conversation, Key key, long recipient, long[] owners) {}

    private final Link link;
    private final LastGiven lastGiven;
    private final List<Entry> entries;
    private final Map<Key, Place> kept = new HashMap<>();
    private final Set<Long> conversations = new TreeSet<>();
    private final Set<Long> owners = new TreeSet<>();

    private AppendBatch(Transaction transaction, List<Job.Append> jobs) throws SQLException {
        this.link = transaction.link();
        this.lastGiven = transaction.lastGiven();
        this.entries = entries(transaction, jobs);
    }

    /** Writes the messages, and says of each how it ended. */
    static void write(Transaction transaction, List<Job.Append> jobs) throws SQLException {
        if (!jobs.isEmpty()) {
            new AppendBatch(transaction, jobs).write();
        }
    }

    private static List<Entry> entries(Transaction transaction, List<Job.Append> jobs) throws SQLException {
        Set<String> conversations = new HashSet<>();
        Set<String> addresses = new HashSet<>();
        for (Job.Append job : jobs) {
            conversations.add(job.conversation());
            addresses.add(job.sender());
            addresses.add(job.recipient());
            addresses.addAll(List.of(job.owners()));
        }
        transaction.makeConversations(conversations);
        transaction.makeAddresses(addresses);
        List<Entry> entries = new ArrayList<>(jobs.size());
        for (Job.Append job : jobs) {
            long[] owners = new long[job.owners().length];
            for (int i = 0; i < owners.length; i++) {
                owners[i] = transaction.addressId(job.owners()[i]);
            }
            entries.add(new Entry(
                    job,
                    transaction.conversationId(job.conversation()),
                    new Key(transaction.addressId(job.sender()), job.message().id()),
                    transaction.addressId(job.recipient()),
                    owners));
        }
        return entries;
    }

    private void write() throws SQLException {
        entries.forEach(entry -> conversations.add(entry.conversation));
        lock("SELECT id, sequence FROM conversation WHERE id IN ", conversations, lastGiven.sequences());
        findKept();
        List<Entry> fresh = new ArrayList<>(entries.size());
        List<Entry> repeated = new ArrayList<>();
        Set<Key> taken = new HashSet<>();
        for (Entry entry : entries) {
            if (!kept.containsKey(entry.key) && taken.add(entry.key)) {
                fresh.add(entry);
                for (long owner : entry.owners) {
                    owners.add(owner);
                }
            } else {
                repeated.add(entry);
            }
        }
        if (!fresh.isEmpty()) {
            lock("SELECT id, position FROM address WHERE id IN ", owners, lastGiven.positions());
            insert(fresh);
        }
        for (Entry entry : repeated) {
            Place place = Objects.requireNonNull(kept.get(entry.key));
            entry.job.endedWith(Appended.again(place.sequence, place.timeMillis));
        }
    }

    private void insert(List<Entry> fresh) throws SQLException {
        PreparedStatement message = link.statement(INSERT_MESSAGE);
        PreparedStatement inbox = link.statement(INSERT_INBOX);
        Set<Long> written = new TreeSet<>();
        for (Entry entry : fresh) {
            Message content = entry.job.message();
            long sequence = next(lastGiven.sequences(), entry.conversation);
            addMessage(message, entry, content, sequence);
            long[] places = new long[entry.owners.length];
            for (int i = 0; i < places.length; i++) {
                places[i] = next(lastGiven.positions(), entry.owners[i]);
                inbox.setLong(1, entry.owners[i]);
                inbox.setLong(2, places[i]);
                inbox.setLong(3, entry.conversation);
                inbox.setLong(4, sequence);
                inbox.setInt(5, content.payload().size());
                inbox.setInt(6, i == entry.job.own() ? 1 : 0);
                setExpiry(inbox, 7, content);
                inbox.addBatch();
            }
            written.add(entry.conversation);
            lastGiven.used(
                    entry.key.sender, content.id().instance(), content.id().counter());
            kept.put(entry.key, new Place(sequence, content.timeMillis()));
            entry.job.endedWith(Appended.at(sequence, content.timeMillis(), places));
        }
        message.executeBatch();
        if (!owners.isEmpty()) {
            inbox.executeBatch();
        }
        save("UPDATE conversation SET sequence = ? WHERE id = ?", written, lastGiven.sequences());
        save("UPDATE address SET position = ? WHERE id = ?", owners, lastGiven.positions());
    }

    private static void addMessage(PreparedStatement message, Entry entry, Message content, long sequence)
            throws SQLException {
        message.setLong(1, entry.conversation);
        message.setLong(2, sequence);
        message.setLong(3, entry.key.sender);
        message.setLong(4, content.id().instance());
        message.setLong(5, content.id().counter());
        message.setLong(6, entry.recipient);
        message.setLong(7, content.timeMillis());
        message.setInt(8, content.ttlSeconds());
        setExpiry(message, 9, content);
        message.setInt(10, content.type());
        message.setInt(11, content.contentKind().ordinal());
        message.setInt(12, content.lane().ordinal());
        message.setInt(13, content.payload().size());
        message.setBytes(14, content.payload().toByteArray());
        message.addBatch();
    }

    /** Reads the last numbers given, as far as they are not known, and keeps others from giving any. */
    private void lock(String select, Collection<Long> wanted, Map<Long, Long> last) throws SQLException {
        List<Long> ids = wanted.stream().filter(id -> !last.containsKey(id)).toList();
        for (int begin = 0; begin < ids.size(); begin += Sql.MOST) {
            List<Long> part = ids.subList(begin, Math.min(begin + Sql.MOST, ids.size()));
            int length = Sql.padded(part.size());
            PreparedStatement statement =
                    link.statement(link.dialect().locked(select + Sql.list(length) + " ORDER BY id"));
            for (int i = 0; i < length; i++) {
                statement.setLong(i + 1, part.get(Math.min(i, part.size() - 1)));
            }
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    last.put(row.getLong(1), row.getLong(2));
                }
            }
        }
    }

    private void save(String update, Collection<Long> ids, Map<Long, Long> last) throws SQLException {
        if (ids.isEmpty()) {
            return;
        }
        PreparedStatement statement = link.statement(update);
        for (long id : ids) {
            statement.setLong(1, Objects.requireNonNull(last.get(id)));
            statement.setLong(2, id);
            statement.addBatch();
        }
        statement.executeBatch();
    }

    /** Finds which of the messages are there already; a counter above all that its instance has used is new. */
    private void findKept() throws SQLException {
        List<Key> unsure = new ArrayList<>();
        for (Entry entry : entries) {
            long instance = entry.key.id.instance();
            if (lastGiven.asksForCounter(entry.key.sender, instance)) {
                lastGiven.used(entry.key.sender, instance, highestCounter(entry.key.sender, instance));
            }
            if (!lastGiven.isNew(entry.key.sender, entry.key.id)) {
                unsure.add(entry.key);
            }
        }
        for (int begin = 0; begin < unsure.size(); begin += MOST_TUPLES) {
            List<Key> part = unsure.subList(begin, Math.min(begin + MOST_TUPLES, unsure.size()));
            int length = Sql.padded(part.size());
            PreparedStatement select =
                    link.statement("SELECT sender, instance, counter, sequence, time_ms FROM message "
                            + "WHERE (sender, instance, counter) IN "
                            + link.dialect().tuples(length, "(?, ?, ?)"));
            for (int i = 0; i < length; i++) {
                Key key = part.get(Math.min(i, part.size() - 1));
                select.setLong(3 * i + 1, key.sender);
                select.setLong(3 * i + 2, key.id.instance());
                select.setLong(3 * i + 3, key.id.counter());
            }
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    kept.put(
                            new Key(row.getLong(1), new MessageId(row.getLong(2), row.getLong(3))),
                            new Place(row.getLong(4), row.getLong(5)));
                }
            }
        }
    }

    private long highestCounter(long sender, long instance) throws SQLException {
        PreparedStatement select = link.statement("SELECT MAX(counter) FROM message WHERE sender = ? AND instance = ?");
        select.setLong(1, sender);
        select.setLong(2, instance);
        try (ResultSet row = select.executeQuery()) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    private static void setExpiry(PreparedStatement statement, int column, Message content) throws SQLException {
        if (content.ttlSeconds() == 0) {
            statement.setNull(column, Types.BIGINT);
        } else {
            statement.setLong(column, content.timeMillis() + content.ttlSeconds() * 1000L);
        }
    }

    private static long next(Map<Long, Long> last, long id) {
        return last.merge(id, 1L, Long::sum);
    }
}
