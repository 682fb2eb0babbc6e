// SPDX-License-Identifier: Apache-2.0
package io.hongyan.store.jdbc;

import io.hongyan.core.store.Appended;
import io.hongyan.core.store.Envelope;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.MessageId;
import io.hongyan.protocol.packet.UserId;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/**
 * Gives messages their places and inserts them, all in one transaction. The rows that hold the last sequences and positions
 * are locked first, in one order, so that other processes on the same database leave no gap and no double.
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

    private final Link link;
    private final List<Job.Append> jobs;
    private final Map<String, Long> conversations;
    private final Map<String, Long> addresses;
    private final Map<Key, Place> kept = new HashMap<>();

    private AppendBatch(Transaction transaction, List<Job.Append> jobs) throws SQLException {
        this.link = transaction.link();
        this.jobs = jobs;
        Set<String> conversationNames = new HashSet<>();
        Set<String> addressNames = new HashSet<>();
        for (Job.Append job : jobs) {
            Envelope envelope = job.envelope();
            conversationNames.add(envelope.conversation().text());
            addressNames.add(Names.of(sender(envelope)));
            addressNames.add(Names.of(envelope.message().to()));
            for (UserId owner : envelope.inboxes()) {
                addressNames.add(Names.of(owner));
            }
        }
        this.conversations = transaction.makeConversations(conversationNames);
        this.addresses = transaction.makeAddresses(addressNames);
    }

    /** Writes the messages, and says of each how it ended. */
    static void write(Transaction transaction, List<Job.Append> jobs) throws SQLException {
        if (!jobs.isEmpty()) {
            new AppendBatch(transaction, jobs).write();
        }
    }

    private void write() throws SQLException {
        TreeMap<Long, long[]> sequences = new TreeMap<>();
        TreeMap<Long, long[]> positions = new TreeMap<>();
        conversations.values().forEach(id -> sequences.put(id, new long[1]));
        lock("SELECT id, sequence FROM conversation WHERE id IN ", sequences);
        findKept();
        List<Job.Append> fresh = new ArrayList<>(jobs.size());
        List<Job.Append> repeated = new ArrayList<>();
        Set<Key> taken = new HashSet<>();
        for (Job.Append job : jobs) {
            Key key = key(job.envelope());
            if (!kept.containsKey(key) && taken.add(key)) {
                fresh.add(job);
                for (UserId owner : job.envelope().inboxes()) {
                    positions.put(id(addresses, Names.of(owner)), new long[1]);
                }
            } else {
                repeated.add(job);
            }
        }
        lock("SELECT id, position FROM address WHERE id IN ", positions);
        PreparedStatement message = link.statement(INSERT_MESSAGE);
        PreparedStatement inbox = link.statement(INSERT_INBOX);
        for (Job.Append job : fresh) {
            insert(job, sequences, positions, message, inbox);
        }
        for (Job.Append job : repeated) {
            Place place = Objects.requireNonNull(kept.get(key(job.envelope())));
            job.endedWith(Appended.again(place.sequence(), place.timeMillis()));
        }
        if (!fresh.isEmpty()) {
            message.executeBatch();
            if (!positions.isEmpty()) {
                inbox.executeBatch();
            }
            save("UPDATE conversation SET sequence = ? WHERE id = ?", sequences);
            save("UPDATE address SET position = ? WHERE id = ?", positions);
        }
    }

    private void insert(
            Job.Append job,
            Map<Long, long[]> sequences,
            Map<Long, long[]> positions,
            PreparedStatement message,
            PreparedStatement inbox)
            throws SQLException {
        Envelope envelope = job.envelope();
        Message content = envelope.message();
        long conversation = id(conversations, envelope.conversation().text());
        long sequence = next(sequences, conversation);
        Address sender = sender(envelope);
        int size = content.payload().size();
        message.setLong(1, conversation);
        message.setLong(2, sequence);
        message.setLong(3, id(addresses, Names.of(sender)));
        message.setLong(4, content.id().instance());
        message.setLong(5, content.id().counter());
        message.setLong(6, id(addresses, Names.of(content.to())));
        message.setLong(7, content.timeMillis());
        message.setInt(8, content.ttlSeconds());
        setExpiry(message, 9, content);
        message.setInt(10, content.type());
        message.setInt(11, content.contentKind().ordinal());
        message.setInt(12, content.lane().ordinal());
        message.setInt(13, size);
        message.setBytes(14, content.payload().toByteArray());
        message.addBatch();
        String user = Names.userOf(sender);
        long[] places = new long[envelope.inboxes().size()];
        for (int i = 0; i < places.length; i++) {
            String owner = Names.of(envelope.inboxes().get(i));
            long ownerId = id(addresses, owner);
            places[i] = next(positions, ownerId);
            inbox.setLong(1, ownerId);
            inbox.setLong(2, places[i]);
            inbox.setLong(3, conversation);
            inbox.setLong(4, sequence);
            inbox.setInt(5, size);
            inbox.setInt(6, owner.equals(user) ? 1 : 0);
            setExpiry(inbox, 7, content);
            inbox.addBatch();
        }
        kept.put(key(envelope), new Place(sequence, content.timeMillis()));
        job.endedWith(Appended.at(sequence, content.timeMillis(), places));
    }

    /** Reads the last numbers given, and keeps others from giving any. */
    private void lock(String select, TreeMap<Long, long[]> last) throws SQLException {
        List<Long> ids = new ArrayList<>(last.keySet());
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
                    Objects.requireNonNull(last.get(row.getLong(1)))[0] = row.getLong(2);
                }
            }
        }
    }

    private void save(String update, Map<Long, long[]> last) throws SQLException {
        if (last.isEmpty()) {
            return;
        }
        PreparedStatement statement = link.statement(update);
        for (Map.Entry<Long, long[]> each : last.entrySet()) {
            statement.setLong(1, each.getValue()[0]);
            statement.setLong(2, each.getKey());
            statement.addBatch();
        }
        statement.executeBatch();
    }

    /** Finds which of the messages are there already. */
    private void findKept() throws SQLException {
        for (int begin = 0; begin < jobs.size(); begin += MOST_TUPLES) {
            List<Job.Append> part = jobs.subList(begin, Math.min(begin + MOST_TUPLES, jobs.size()));
            int length = Sql.padded(part.size());
            PreparedStatement select =
                    link.statement("SELECT sender, instance, counter, sequence, time_ms FROM message "
                            + "WHERE (sender, instance, counter) IN "
                            + link.dialect().tuples(length, "(?, ?, ?)"));
            for (int i = 0; i < length; i++) {
                Key key = key(part.get(Math.min(i, part.size() - 1)).envelope());
                select.setLong(3 * i + 1, key.sender());
                select.setLong(3 * i + 2, key.id().instance());
                select.setLong(3 * i + 3, key.id().counter());
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

    private Key key(Envelope envelope) {
        return new Key(
                id(addresses, Names.of(sender(envelope))), envelope.message().id());
    }

    private static void setExpiry(PreparedStatement statement, int column, Message content) throws SQLException {
        if (content.ttlSeconds() == 0) {
            statement.setNull(column, Types.BIGINT);
        } else {
            statement.setLong(column, content.timeMillis() + content.ttlSeconds() * 1000L);
        }
    }

    private static long next(Map<Long, long[]> last, long id) {
        return ++Objects.requireNonNull(last.get(id))[0];
    }

    private static long id(Map<String, Long> ids, String name) {
        return Objects.requireNonNull(ids.get(name), name);
    }

    private static Address sender(Envelope envelope) {
        return Objects.requireNonNull(envelope.message().from());
    }
}
