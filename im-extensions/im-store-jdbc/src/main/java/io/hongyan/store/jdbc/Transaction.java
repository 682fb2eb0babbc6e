// SPDX-License-Identifier: Apache-2.0
package io.hongyan.store.jdbc;

import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One transaction that writes, and the names it has met. Of the writer's thread. */
final class Transaction {
    private final Link link;
    private final Dictionary conversations;
    private final Dictionary addresses;
    private final LastGiven lastGiven;
    private final Map<String, Long> conversationsMet = new HashMap<>();
    private final Map<String, Long> addressesMet = new HashMap<>();

    Transaction(Link link, Dictionary conversations, Dictionary addresses, LastGiven lastGiven) {
        this.link = link;
        this.conversations = conversations;
        this.addresses = addresses;
        this.lastGiven = lastGiven;
    }

    Link link() {
        return link;
    }

    LastGiven lastGiven() {
        return lastGiven;
    }

    /** Gives numbers to conversations that have none. */
    void makeConversations(Collection<String> names) throws SQLException {
        conversationsMet.putAll(conversations.findOrMake(link, names));
    }

    /** Gives numbers to addresses that have none. */
    void makeAddresses(Collection<String> names) throws SQLException {
        addressesMet.putAll(addresses.findOrMake(link, names));
    }

    /** The number of an address; it gets one if it has none. */
    long makeAddress(String name) throws SQLException {
        makeAddresses(List.of(name));
        return addressId(name);
    }

    /** The number of a conversation that was {@link #makeConversations made}. */
    long conversationId(String name) {
        return id(conversations, conversationsMet, name);
    }

    /** The number of an address that was {@link #makeAddresses made}. */
    long addressId(String name) {
        return id(addresses, addressesMet, name);
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
        lastGiven.committed();
    }

    private static long id(Dictionary dictionary, Map<String, Long> met, String name) {
        Long id = met.get(name);
        if (id == null) {
            id = dictionary.known(name);
        }
        return Objects.requireNonNull(id, name);
    }
}
