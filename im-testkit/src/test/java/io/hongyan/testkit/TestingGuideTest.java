// SPDX-License-Identifier: Apache-2.0
package io.hongyan.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.client.ReceiptLevel;
import io.hongyan.client.SendOptions;
import io.hongyan.contracts.AuthenticatorContract;
import io.hongyan.core.ImNode;
import io.hongyan.core.auth.AuthResult;
import io.hongyan.core.auth.Authenticator;
import io.hongyan.core.auth.LoginRequest;
import io.hongyan.core.listener.MessageListener;
import io.hongyan.core.listener.SessionInfo;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.LoginResult;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.Payload;
import io.hongyan.simnet.LinkProfiles;
import io.hongyan.simnet.Seeds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What the guide shows runs: its blocks are the members of this class. */
final class TestingGuideTest {
    private static final Pattern BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

    @Test
    void everyBlockOfTheGuideIsHere() throws IOException {
        String here = squeezed(Files.readString(Path.of("src/test/java/io/hongyan/testkit/TestingGuideTest.java")));
        Matcher blocks = BLOCK.matcher(Files.readString(Path.of("../docs/guide/testing-your-listeners.md")));
        int found = 0;
        for (; blocks.find(); found++) {
            assertThat(here).contains(squeezed(blocks.group(1)));
        }
        assertThat(found).isEqualTo(7);
    }

    @Test
    void carriesWhatIsSent() {
        TestWorld world = TestWorld.create();
        TestServer server = world.server(node -> node.allowAnyone().onMessage(new EchoBot()));
        TestClient alice = server.client("alice");
        TestClient bob = server.client("bob");
        alice.send("bob", "hi");
        world.run(Duration.ofSeconds(1));
        assertThat(bob.texts()).containsExactly("hi");
    }

    @Test
    void aListenerAnswers() {
        TestWorld world = TestWorld.create();
        EchoBot bot = new EchoBot();
        TestServer server = world.server(node -> node.allowAnyone().onMessage(bot));
        bot.answersThrough(server.node());
        TestClient alice = server.client("alice", Carrier.UDP);
        alice.client().send(Address.server(), Payload.text("hello"), SendOptions.text());
        world.run(Duration.ofSeconds(1));
        assertThat(alice.texts()).containsExactly("you said: hello");
    }

    @Test
    void aPhoneThatMovesGetsItsMessages() {
        TestWorld world = TestWorld.create();
        TestServer server = world.server(node -> node.allowAnyone());
        TestClient alice = server.client("alice", Carrier.UDP);
        TestClient bob = server.client("bob", Carrier.TCP);
        world.run(Duration.ofSeconds(1));
        bob.link().cut(Duration.ofSeconds(3));
        bob.link().roam();
        alice.send("bob", "where are you?");
        world.run(Duration.ofSeconds(10));
        assertThat(bob.texts()).containsExactly("where are you?");
    }

    @Test
    void whatWasStoredOutlivesTheServer() {
        TestWorld world = TestWorld.create();
        FaultyStore store = FaultyStore.durable(world);
        TestServer server = world.server(node -> node.allowAnyone().messageStore(store));
        TestClient alice = server.client("alice");
        var stored = alice.send("bob", "keep this", ReceiptLevel.STORED);
        world.run(Duration.ofSeconds(1));
        assertThat(stored.join().succeeded()).isTrue();
        store.failing(true);
        var refused = alice.send("bob", "and this", ReceiptLevel.STORED);
        world.run(Duration.ofSeconds(1));
        assertThat(refused.join().code()).isEqualTo(ReasonCode.STORE_UNAVAILABLE);
        store.failing(false);
        server.kill();
        server.restart();
        TestClient bob = server.client("bob");
        world.run(Duration.ofSeconds(1));
        assertThat(bob.texts()).containsExactly("keep this");
    }

    @Test
    void aWrongTokenIsKeptOut() {
        TestWorld world = TestWorld.create();
        TestServer server = world.server(node -> node.authenticator(new SecretAuthenticator()));
        ScriptedClient mallory = server.scripted(Carrier.TCP).login("alice", "guess");
        world.run(Duration.ofSeconds(1));
        assertThat(mallory.heard(LoginResult.class).get(0).code()).isEqualTo(ReasonCode.LOGIN_REFUSED);
        assertThat(server.node().sessionCount()).isZero();
    }

    @Nested
    final class ChatTest {
        @Test
        void losesNothingWhateverTheNetworkDoes() {
            Seeds.forEach(ChatTest.class, "my-chat", 1, 100, seed -> {
                TestWorld world = TestWorld.seeded(seed);
                TestServer server = world.server(node -> node.allowAnyone());
                TestClient alice = server.client("alice", Carrier.UDP);
                TestClient bob = server.client("bob");
                world.run(Duration.ofSeconds(1));
                alice.link().profile(LinkProfiles.LOSSY);
                bob.link().reset();
                alice.send("bob", "still there?");
                assertThat(world.runUntil(() -> bob.texts().size() == 1, Duration.ofMinutes(1)))
                        .isTrue();
            });
        }
    }

    @Nested
    final class SecretAuthenticatorTest extends AuthenticatorContract {
        @Override
        protected Authenticator newAuthenticator() {
            return new SecretAuthenticator();
        }

        @Override
        protected LoginRequest goodLogin() {
            return login("alice", "alice-secret");
        }
    }

    /** Repeats what it hears. */
    private static final class EchoBot implements MessageListener {
        private ImNode node;

        void answersThrough(ImNode answering) {
            node = answering;
        }

        @Override
        public void onMessage(SessionInfo sender, Message message) {
            if (node != null) {
                node.send(
                        Address.user(sender.user().value()),
                        Payload.text("you said: " + message.payload().text()),
                        io.hongyan.core.ReceiptLevel.ACCEPTED);
            }
        }
    }

    /** Everybody's token is his name and {@code -secret}. */
    private static final class SecretAuthenticator implements Authenticator {
        @Override
        public CompletionStage<AuthResult> authenticate(LoginRequest login) {
            return CompletableFuture.completedStage(
                    login.token().equals(login.user().value() + "-secret")
                            ? AuthResult.accept()
                            : AuthResult.reject("wrong token"));
        }
    }

    /** Without white space, which the formatter decides. */
    private static String squeezed(String code) {
        return code.replaceAll("\\s+", "");
    }
}
