// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client.real;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hongyan.client.ClientRuntime;
import io.hongyan.client.ImClient;
import io.hongyan.client.ImClientException;
import io.hongyan.client.Receipt;
import io.hongyan.client.ReceiptLevel;
import io.hongyan.client.ServerAddress;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.transport.netty.IoChoice;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class TlsClientTest {

    @TempDir
    private static @Nullable Path directory;

    private static TlsServer server;

    private final ClientRuntime runtime = ClientRuntime.create();

    @BeforeAll
    static void startServer() throws Exception {
        server = TlsServer.start(TlsServer.certificates(Objects.requireNonNull(directory)), IoChoice.AUTO);
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @AfterEach
    void closeRuntime() {
        runtime.close();
    }

    @Test
    void peopleTalkOverTls() throws Exception {
        Queue<String> heard = new ConcurrentLinkedQueue<>();
        ImClient alice = client("alice", server.url("tls")).connect().get(20, TimeUnit.SECONDS);
        client("bob", server.url("tls"))
                .onMessage(message -> heard.add(message.text()))
                .connect()
                .get(20, TimeUnit.SECONDS);
        Receipt receipt = alice.send("bob", "hi", ReceiptLevel.DELIVERED)
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS);
        assertThat(receipt.code()).isEqualTo(ReasonCode.OK);
        assertThat(heard).containsExactly("hi");
    }

    @Test
    void aServerThatNobodyVouchesForIsNotTalkedTo() {
        ImClient stranger = ImClient.builder()
                .runtime(runtime)
                .server(server.url("tls"))
                .user("alice")
                .build();
        assertThat(reasonOf(stranger)).isEqualTo(ReasonCode.PROTECTION_REQUIRED);
    }

    @Test
    void plainTextToAPortWithTlsEndsWithTheReason() {
        String plain = server.url("tls").replace("tls:", "tcp:");
        assertThat(reasonOf(client("alice", plain).build())).isEqualTo(ReasonCode.PROTECTION_REQUIRED);
    }

    @Test
    void aServerThatSpeaksOtherwiseEndsItsOwnAttemptOnly() throws Exception {
        String plain = server.url("tls").replace("tls:", "tcp:");
        ImClient alice = client("alice", plain, server.url("tls")).connect().get(20, TimeUnit.SECONDS);
        assertThat(alice.server()).isEqualTo(ServerAddress.parse(server.url("tls")));
    }

    /** Its kernel completes the TCP handshake, and nobody is there to answer. */
    @Test
    void aRaceIsWonByWhoAnswersAndNotByWhoAccepts() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
            ImClient alice = client("alice", "tcp://127.0.0.1:" + silent.getLocalPort(), server.url("tcp"))
                    .connect()
                    .get(20, TimeUnit.SECONDS);
            assertThat(alice.server()).isEqualTo(ServerAddress.parse(server.url("tcp")));
        }
    }

    @Test
    void aFileThatHoldsNoCertificateIsAMistake() {
        assertThatThrownBy(() -> ImClient.builder()
                        .server("tls://127.0.0.1:1")
                        .user("alice")
                        .trust(path("server.key"))
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("server.key");
    }

    private ImClient.Builder client(String user, String... servers) {
        return ImClient.builder().runtime(runtime).server(servers).user(user).trust(path("ca.pem"));
    }

    private static Path path(String name) {
        return Objects.requireNonNull(directory).resolve(name);
    }

    private static ReasonCode reasonOf(ImClient client) {
        Throwable failure = client.connect()
                .handle((connected, why) -> Objects.requireNonNull(why, "it connected"))
                .orTimeout(20, TimeUnit.SECONDS)
                .join();
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        return ((ImClientException) (cause instanceof ImClientException ? cause : failure)).code();
    }
}
