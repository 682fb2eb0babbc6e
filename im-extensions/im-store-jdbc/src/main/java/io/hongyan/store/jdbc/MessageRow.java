// SPDX-License-Identifier: Apache-2.0
package io.hongyan.store.jdbc;

import io.hongyan.protocol.Lane;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.ContentKind;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.MessageId;
import io.hongyan.protocol.packet.Payload;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A row of the table {@code message}: names are still numbers. */
record MessageRow(
        long conversation,
        long sequence,
        long sender,
        MessageId id,
        long recipient,
        long timeMillis,
        int ttlSeconds,
        int type,
        int contentKind,
        int lane,
        Payload payload) {
    /** What {@link #read} reads, of a table called {@code m}. */
    static final String COLUMNS =
            "m.conversation, m.sequence, m.sender, m.instance, m.counter, m.recipient, m.time_ms, "
                    + "m.ttl_seconds, m.type, m.content_kind, m.lane, m.payload";

    private static final List<ContentKind> CONTENT_KINDS = List.of(ContentKind.values());
    private static final List<Lane> LANES = List.of(Lane.values());

    /** @param first the number of its first column, from 1 */
    static MessageRow read(ResultSet row, int first) throws SQLException {
        return new MessageRow(
                row.getLong(first),
                row.getLong(first + 1),
                row.getLong(first + 2),
                new MessageId(row.getLong(first + 3), row.getLong(first + 4)),
                row.getLong(first + 5),
                row.getLong(first + 6),
                row.getInt(first + 7),
                row.getInt(first + 8),
                row.getInt(first + 9),
                row.getInt(first + 10),
                Payload.of(row.getBytes(first + 11)));
    }

    /** The messages of some rows, in their order. */
    static List<Message> messages(List<MessageRow> rows, Link link, Dictionary conversations, Dictionary addresses)
            throws SQLException {
        List<Long> conversationIds = new ArrayList<>(rows.size());
        List<Long> addressIds = new ArrayList<>(2 * rows.size());
        for (MessageRow row : rows) {
            conversationIds.add(row.conversation);
            addressIds.add(row.sender);
            addressIds.add(row.recipient);
        }
        Map<Long, String> conversationNames = conversations.names(link, conversationIds);
        Map<Long, String> addressNames = addresses.names(link, addressIds);
        List<Message> messages = new ArrayList<>(rows.size());
        for (MessageRow row : rows) {
            messages.add(new Message(
                    row.id,
                    address(addressNames, row.recipient),
                    address(addressNames, row.sender),
                    conversationNames.get(row.conversation),
                    row.sequence,
                    row.timeMillis,
                    row.type,
                    CONTENT_KINDS.get(row.contentKind),
                    LANES.get(row.lane),
                    row.ttlSeconds,
                    row.payload));
        }
        return messages;
    }

    private static Address address(Map<Long, String> names, long id) {
        return Names.address(Objects.requireNonNull(names.get(id), "an address that is not in its table"));
    }
}
