// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.demo;

import io.hongyan.client.ImClient;
import io.hongyan.client.IncomingMessage;
import io.hongyan.client.ReceiptLevel;
import io.hongyan.client.SendOptions;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.Payload;
import java.util.function.BiConsumer;

/** Somebody who takes part: a client with a name. */
final class Person implements AutoCloseable {

    private static final SendOptions HOW = SendOptions.text().awaiting(ReceiptLevel.DELIVERED);

    private final String name;
    private final Journal journal;
    private final ImClient client;

    /** @param heard a message came in, and how long it took in nanoseconds; called on the client's lane */
    Person(String name, String server, Journal journal, BiConsumer<Route, Heard> heard) {
        this.name = name;
        this.journal = journal;
        this.client = ImClient.builder()
                .server(server)
                .user(name)
                .device("demo")
                .onMessage(message -> heard(message, heard))
                .build();
    }

    /** Logs in. */
    void arrive() {
        client.connect().join();
    }

    /** Says something to somebody. */
    void say(String to, String text) {
        Route route = new Route(name, to);
        journal.send(route, () -> client.post(Address.user(to), Payload.text(text), HOW));
    }

    /** How many frames had to be sent again; known when logged out. */
    long retransmissions() {
        return client.retransmissions();
    }

    String name() {
        return name;
    }

    /** Logs out. */
    @Override
    public void close() {
        client.close();
    }

    private void heard(IncomingMessage message, BiConsumer<Route, Heard> heard) {
        Route route = new Route(message.from(), name);
        heard.accept(
                route,
                new Heard(message.text(), journal.arrived(route, message.id().counter())));
    }

    /**
     * What somebody heard.
     *
     * @param tookNanos from the call that sent it
     */
    record Heard(String text, long tookNanos) {}
}
