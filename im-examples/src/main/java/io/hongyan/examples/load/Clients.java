// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.load;

import io.hongyan.client.ClientRuntime;
import io.hongyan.client.ConnectionListener;
import io.hongyan.client.ImClient;
import io.hongyan.client.ImClientException;
import io.hongyan.client.MessageListener;
import io.hongyan.client.ReceiptListener;
import io.hongyan.client.ServerAddress;
import io.hongyan.examples.cli.CommandFailure;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.transport.netty.ClientTls;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** The sessions of one run, over shared threads, under names unique to the run. Closing closes them all. */
final class Clients implements AutoCloseable {

    private static final int CONNECTING_AT_ONCE = 64;

    /** So many messages may be under way per client. */
    static final int WINDOW_MESSAGES = 65_536;

    /** So many bytes of payload may be under way per client. */
    static final long WINDOW_BYTES = 64L << 20;

    /** The client counts more than the payload. */
    private static final long OVERHEAD_BYTES = 1_024L * WINDOW_MESSAGES;

    private final @Nullable String token;
    private final boolean callbacksOnLoop;
    private @Nullable ClientTls tls;
    private final ClientRuntime runtime =
            ClientRuntime.builder().sharedUdpSockets().build();
    private final String run = Long.toHexString(new SecureRandom().nextLong());
    private final List<ImClient> clients = new ArrayList<>();

    /** @param tls for servers with TLS; null = as the Java runtime has it */
    Clients(@Nullable String token, boolean callbacksOnLoop, @Nullable ClientTls tls) {
        this.tls = tls;
        this.token = token;
        this.callbacksOnLoop = callbacksOnLoop;
    }

    /** The name of the user with this role and number. */
    String name(String role, int number) {
        return "load-" + run + "-" + role + number;
    }

    /** A client, not connected yet. */
    ImClient add(
            ServerAddress server,
            String user,
            MessageListener onMessage,
            ReceiptListener receipts,
            Runnable onWritable,
            ConnectionListener connection) {
        ImClient.Builder builder = ImClient.builder()
                .server(server.toString())
                .user(user)
                .device("load")
                .runtime(runtime)
                .window(WINDOW_MESSAGES, WINDOW_BYTES + OVERHEAD_BYTES)
                .onMessage(onMessage)
                .receiptListener(receipts)
                .onWritable(onWritable)
                .connectionListener(connection);
        if (token != null) {
            builder.token(token);
        }
        if (server.isProtected()) {
            builder.tls(sharedTls());
        }
        ImClient client = (callbacksOnLoop ? builder.sameThread() : builder).build();
        clients.add(client);
        return client;
    }

    /**
     * Connects all, some at a time.
     *
     * @throws CommandFailure if one of them cannot, with its reason
     */
    void connectAll() throws InterruptedException {
        Semaphore connecting = new Semaphore(CONNECTING_AT_ONCE);
        List<CompletableFuture<ImClient>> attempts = new ArrayList<>();
        AtomicBoolean failed = new AtomicBoolean();
        for (ImClient client : clients) {
            connecting.acquire();
            if (failed.get()) {
                break;
            }
            attempts.add(client.connect().whenComplete((connected, why) -> {
                failed.compareAndSet(false, why != null);
                connecting.release();
            }));
        }
        try {
            CompletableFuture.allOf(attempts.toArray(new CompletableFuture<?>[0]))
                    .join();
        } catch (CompletionException e) {
            throw refusal(e.getCause() == null ? e : e.getCause());
        }
    }

    /** Whether every server that a client is logged in at has durable storage. */
    boolean storeDurably() {
        return clients.stream().allMatch(client -> client.storesDurably() || !client.isConnected());
    }

    /** How many are logged in now. */
    int connected() {
        return (int) clients.stream().filter(ImClient::isConnected).count();
    }

    @Override
    public void close() {
        runtime.close();
    }

    private ClientTls sharedTls() {
        ClientTls shared = tls;
        if (shared == null) {
            shared = ClientTls.ofSystem();
            tls = shared;
        }
        return shared;
    }

    private static CommandFailure refusal(Throwable why) {
        String sentence = "No login: " + why.getMessage() + ".";
        if (why instanceof ImClientException refused) {
            if (refused.code() == ReasonCode.LOGIN_REFUSED) {
                return CommandFailure.usage(sentence);
            }
            if (refused.code() == ReasonCode.RATE_LIMITED) {
                return CommandFailure.noSocket(sentence + " A server for load tests runs with --no-rate-limits.");
            }
        }
        return CommandFailure.noSocket(sentence);
    }
}
