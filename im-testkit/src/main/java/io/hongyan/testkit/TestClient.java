// SPDX-License-Identifier: Apache-2.0
package io.hongyan.testkit;

import io.hongyan.client.ClientRuntime;
import io.hongyan.client.ConnectionListener;
import io.hongyan.client.ImClient;
import io.hongyan.client.IncomingMessage;
import io.hongyan.client.Receipt;
import io.hongyan.client.ReceiptLevel;
import io.hongyan.client.ServerAddress;
import io.hongyan.protocol.Confined;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.simnet.RandomStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A real {@link ImClient} in a {@link TestWorld}, on a device of its own behind a {@link TestLink} of its own. It keeps
 * what it heard for the test to look at.
 *
 * <p>Confined to the thread that runs the world.
 */
@Confined("world")
public final class TestClient {
    private final Machine machine;
    private final TestLink link;
    private final ImClient client;
    private final CompletableFuture<ImClient> connecting;
    private final List<IncomingMessage> messages = new ArrayList<>();
    private final List<ReasonCode> losses = new ArrayList<>();
    private Consumer<IncomingMessage> onMessage = message -> {};
    private @Nullable ReasonCode closedWith;
    private int logins;

    TestClient(TestWorld world, String user, String server, UnaryOperator<ImClient.Builder> options) {
        String name = world.newClientName(user);
        this.machine = new Machine(world, 1);
        this.link = world.newLink(name);
        ClientRuntime runtime = ClientRuntime.over(
                new HostNetwork(machine, link, name),
                world.nanoClock()::nanoTime,
                RandomStream.of(world.seed(), "client " + name).nextLong(),
                machine.workers());
        this.client = options.apply(ImClient.builder()
                        .server(server)
                        .user(user)
                        .device("phone")
                        .runtime(runtime))
                .onMessage(this::shown)
                .connectionListener(new Connections())
                .build();
        this.connecting = client.connect();
    }

    /** Sends text; the stage completes as time runs, when the server has accepted the message. */
    public CompletableFuture<Receipt> send(String to, String text) {
        return client.send(to, text).toCompletableFuture();
    }

    /** Sends text; the stage completes as time runs, when the message has come so far. */
    public CompletableFuture<Receipt> send(String to, String text, ReceiptLevel awaited) {
        return client.send(to, text, awaited).toCompletableFuture();
    }

    /** Hears each message when it is shown, after it was kept; what it throws is the application's failure. */
    public TestClient onMessage(Consumer<IncomingMessage> listener) {
        onMessage = listener;
        return this;
    }

    /** The messages that were shown, in order. */
    public List<IncomingMessage> messages() {
        return Collections.unmodifiableList(messages);
    }

    /** The texts that were shown, in order. */
    public List<String> texts() {
        return messages.stream().map(IncomingMessage::text).toList();
    }

    /** Whether it is logged in at this moment. */
    public boolean isOnline() {
        return machine.isAlive() && client.isConnected();
    }

    /** How often it has come online: by login or by resuming. */
    public int logins() {
        return logins;
    }

    /** Why it lost its connections so far, in order. */
    public List<ReasonCode> losses() {
        return Collections.unmodifiableList(losses);
    }

    /** Why it has ended; null while it lives. */
    public @Nullable ReasonCode closedWith() {
        return closedWith;
    }

    /** Completes with the first login, or fails with the reason why there is none. */
    public CompletableFuture<ImClient> connecting() {
        return connecting;
    }

    /** The client itself, for all that has no shorter way here. Do not call its {@code close}: it waits for real. */
    public ImClient client() {
        return client;
    }

    /** What lies between it and its servers. */
    public TestLink link() {
        return link;
    }

    /** Logs out in good order; the stage completes as time runs. */
    public CompletableFuture<Void> close() {
        return client.closeAsync().toCompletableFuture();
    }

    /** Nothing runs on its device for so long, and then goes on: a phone that sleeps. */
    public void stall(Duration time) {
        machine.stall(time.toNanos());
    }

    /** The application is killed without a word: what it had not acknowledged comes again to the next one. */
    public void kill() {
        link.processDied();
        machine.kill();
    }

    @Override
    public String toString() {
        return client.toString();
    }

    private void shown(IncomingMessage message) {
        messages.add(message);
        onMessage.accept(message);
    }

    private final class Connections implements ConnectionListener {
        @Override
        public void connected(ServerAddress server) {
            logins++;
        }

        @Override
        public void disconnected(ReasonCode reason, long retryMillis) {
            losses.add(reason);
        }

        @Override
        public void closed(ReasonCode reason) {
            closedWith = reason;
        }
    }
}
