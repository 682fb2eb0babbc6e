// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client.real;

import static org.awaitility.Awaitility.await;

import io.hongyan.client.ClientRuntime;
import io.hongyan.client.ImClient;
import io.hongyan.client.ReceiptLevel;
import io.hongyan.client.ReconnectPolicy;
import io.hongyan.client.SendOptions;
import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.Payload;
import io.hongyan.simnet.DeliveryChecker;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** Alice writes to bob and bob to alice, under the eyes of a checker. */
final class CheckedPair implements AutoCloseable {

    private static final ReconnectPolicy SOON =
            new ReconnectPolicy(Duration.ofMillis(20), Duration.ofMillis(200), null);

    final DeliveryChecker checker = new DeliveryChecker();
    final ImClient alice;
    final ImClient bob;
    private final AtomicInteger next = new AtomicInteger();
    private final Object order = new Object();

    CheckedPair(ClientRuntime runtime, String aliceUrl, String bobUrl) {
        alice = connect(runtime, aliceUrl, "alice");
        bob = connect(runtime, bobUrl, "bob");
    }

    /** Each sends so many to the other. */
    void exchange(int messages, Lane lane, int bytes) {
        String filler = "x".repeat(bytes);
        for (int i = 0; i < messages; i++) {
            send(alice, "bob", lane, filler);
            send(bob, "alice", lane, filler);
        }
    }

    /** Waits until all has arrived, then judges. */
    void settle(Duration within) {
        await().atMost(within).until(checker::allSentReceived);
        checker.checkEverySent().requireClean();
    }

    @Override
    public void close() {
        alice.close();
        bob.close();
    }

    private void send(ImClient from, String to, Lane lane, String filler) {
        String sender = from.user().value();
        String id = Integer.toString(next.incrementAndGet());
        synchronized (order) {
            checker.sent(sender, to, lane.name(), id);
            from.send(
                            Address.user(to),
                            Payload.text(id + " " + filler),
                            SendOptions.text().lane(lane).awaiting(ReceiptLevel.DELIVERED))
                    .thenAccept(receipt -> {
                        if (receipt.succeeded()) {
                            checker.acknowledged(sender, to, lane.name(), id);
                        } else if (receipt.code() != ReasonCode.ID_TOO_OLD) {
                            // That one says that nobody knows, not that it was refused.
                            checker.refused(sender, to, lane.name(), id);
                        }
                    });
        }
    }

    private ImClient connect(ClientRuntime runtime, String url, String user) {
        return ImClient.builder()
                .server(url)
                .user(user)
                .runtime(runtime)
                .reconnect(SOON)
                .onMessage(message -> {
                    String id = message.text().substring(0, message.text().indexOf(' '));
                    checker.received(message.from(), user, message.lane().name(), id);
                })
                .connect()
                .join();
    }
}
