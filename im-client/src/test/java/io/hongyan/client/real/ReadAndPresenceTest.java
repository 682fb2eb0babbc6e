// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client.real;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hongyan.client.ClientRuntime;
import io.hongyan.client.ImClient;
import io.hongyan.client.IncomingMessage;
import io.hongyan.client.ReadListener;
import io.hongyan.client.Receipt;
import io.hongyan.client.ReceiptLevel;
import io.hongyan.core.Content;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.packet.Address;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** READ receipts and presence between real clients, over a real server and real sockets. */
@Timeout(60)
@Tag("once")
class ReadAndPresenceTest {

    private final RealServer server = new RealServer();
    private final ClientRuntime runtime = ClientRuntime.create();

    @AfterEach
    void close() {
        runtime.close();
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp", "udp"})
    void senderHearsThatHisMessagesWereRead(String transport) {
        Queue<IncomingMessage> heard = new ConcurrentLinkedQueue<>();
        CopyOnWriteArrayList<String> reads = new CopyOnWriteArrayList<>();
        CopyOnWriteArrayList<String> elsewhere = new CopyOnWriteArrayList<>();
        ImClient alice = client(transport, "alice")
                .readListener(new ReadListener() {
                    @Override
                    public void readBy(String reader, long firstCounter, long lastCounter) {
                        reads.add(reader + " " + firstCounter + "-" + lastCounter);
                    }
                })
                .connect()
                .join();
        ImClient phone =
                client(transport, "bob").onMessage(heard::add).connect().join();
        client("tcp", "bob")
                .readListener(new ReadListener() {
                    @Override
                    public void readElsewhere(long instance, long firstCounter, long lastCounter) {
                        elsewhere.add(firstCounter + "-" + lastCounter);
                    }
                })
                .connect()
                .join();

        CompletableFuture<Receipt> read =
                alice.send("bob", "hi", ReceiptLevel.READ).toCompletableFuture();
        await().until(() -> heard.size() == 1);
        assertThat(read).isNotDone();
        assertThat(phone.markRead(heard.remove())).isTrue();
        assertThat(read.join()).isEqualTo(new Receipt(1, ReasonCode.OK, ReceiptLevel.READ));
        await().until(() -> reads.size() == 1 && elsewhere.size() == 1);
        assertThat(reads).containsExactly("bob 1-1");
        assertThat(elsewhere).containsExactly("1-1");

        CompletableFuture<io.hongyan.core.Receipt> ofServer = server.get()
                .send(Address.user("bob"), Content.text("news"), io.hongyan.core.ReceiptLevel.READ)
                .toCompletableFuture();
        await().until(() -> heard.size() == 1);
        phone.markRead(heard.remove());
        assertThat(ofServer.join().level()).isEqualTo(io.hongyan.core.ReceiptLevel.READ);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp", "udp"})
    void subscriberHearsWhoComesAndGoesAlsoAfterARestart(String transport) {
        CopyOnWriteArrayList<String> heard = new CopyOnWriteArrayList<>();
        ImClient alice = client(transport, "alice")
                .presenceListener((user, online, since) -> heard.add(user + (online ? " on" : " off")))
                .connect()
                .join();
        alice.subscribe("bob");
        await().until(() -> heard.contains("bob off"));
        ImClient bob = client(transport, "bob").connect().join();
        await().until(() -> heard.size() == 2);
        bob.close();
        await().until(() -> heard.size() == 3);
        assertThat(heard).containsExactly("bob off", "bob on", "bob off");

        server.kill();
        server.restart();
        client("tcp", "bob").connect().join();
        await().until(() -> heard.size() == 4);
        assertThat(heard).last().isEqualTo("bob on");
    }

    private ImClient.Builder client(String transport, String user) {
        return ImClient.builder().server(server.url(transport)).user(user).runtime(runtime);
    }
}
