// SPDX-License-Identifier: Apache-2.0
package io.hongyan.store.jdbc;

import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One transaction that writes, and the names it has met. Of the writer's thread. */
final class Transaction {
    private final Link link;
    private final Dictionary conversations;
    private final Dictionary addresses;
    private final Map<String, Long> conversationsMet = new HashMap<>();
    private final Map<String, Long> addressesMet = new HashMap<>();

    Transaction(Link link, Dictionary conversations, Dictionary addresses) {
        this.link = link;
        this.conversations = conversations;
        this.addresses = addresses;
    }

    Link link() {
        return link;
    }

    Map<String, Long> makeConversations(Collection<String> names) throws SQLException {
        Map<String, Long> found = conversations.findOrMake(link, names);
        conversationsMet.putAll(found);
        return found;
    }

    Map<String, Long> makeAddresses(Collection<String> names) throws SQLException {
        Map<String, Long> found = addresses.findOrMake(link, names);
        addressesMet.putAll(found);
        return found;
    }

    long makeAddress(String name) throws SQLException {
        Long id = makeAddresses(List.of(name)).get(name);
        if (id == null) {
            throw new SQLException("the database has another name for " + name);
        }
        return id;
    }

    @Nullable
    Long conversation(String name) throws SQLException {
        return conversations.find(link, name);
    }

    @Nullable
    Long address(String name) throws SQLException {
        return addresses.find(link, name);
    }

    /** Commits, and remembers the names. */
    void commit() throws SQLException {
        link.commit();
        conversations.remember(conversationsMet);
        addresses.remember(addressesMet);
    }
}
