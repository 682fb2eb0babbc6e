// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.packet.ErrorPacket;
import io.hongyan.protocol.packet.Login;
import io.hongyan.protocol.packet.LoginResult;
import io.hongyan.protocol.rudp.CongestionControl;
import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class ClientLoginTest {

    @Test
    void firstFrameIsTheLogin() {
        Scene scene = Scene.connecting(options -> options.device("phone").platform("test"));
        Login login = scene.link().sent(Login.class).get(0);
        assertThat(scene.link().sent).containsExactly(login);
        assertThat(login.user().value()).isEqualTo("alice");
        assertThat(login.device().value()).isEqualTo("phone");
        assertThat(login.platform()).isEqualTo("test");
        assertThat(login.token()).isEqualTo("secret");
        assertThat(login.instance()).isEqualTo(scene.client.instance());
        assertThat(scene.connected).isNotDone();
        scene.login();
        assertThat(scene.connected).isCompletedWithValue(scene.client);
        assertThat(scene.events).containsExactly("connected 1");
        assertThat(scene.client.isConnected()).isTrue();
    }

    @Test
    void refusedLoginFailsTheConnectWithItsCodeAndEndsTheClient() {
        Scene scene = Scene.connecting(options -> options.server("tcp://127.0.0.1:2"));
        scene.link().receive(LoginResult.refused(ReasonCode.LOGIN_REFUSED, "wrong token", 0));
        assertFailed(scene, ReasonCode.LOGIN_REFUSED);
        assertThat(scene.network.attempts).as("the second server is not asked").hasSize(1);
        assertThat(scene.events).containsExactly("closed LOGIN_REFUSED");
        assertThat(scene.client.isClosed()).isTrue();
    }

    @Test
    void busyServerSendsTheClientToTheNextOne() {
        Scene scene = Scene.connecting(options -> options.server("udp://127.0.0.1:2"));
        scene.link().receive(LoginResult.refused(ReasonCode.SERVER_BUSY, "", 0));
        assertThat(scene.network.attempts).containsExactly("tcp:1", "udp:2");
        scene.login();
        assertThat(scene.connected).isCompleted();
        assertThat(scene.client.server()).hasToString("udp://127.0.0.1:2");
    }

    @Test
    void serversAreTriedInTheirOrder() {
        Scene scene = Scene.connecting(options -> options.server("tcp://127.0.0.1:2", "tcp://127.0.0.1:3"));
        TestNetwork network = scene.network;
        assertThat(network.attempts).containsExactly("tcp:1");
        network.down.add(2);
        scene.link().lose();
        assertThat(network.attempts).containsExactly("tcp:1", "tcp:2", "tcp:3");
    }

    @Test
    void connectFailsWhenNobodyListens() {
        TestLoop loop = new TestLoop();
        TestNetwork network = new TestNetwork(loop);
        network.down.add(1);
        var client = ImClient.builder()
                .server("tcp://127.0.0.1:1")
                .user("alice")
                .runtime(new ClientRuntime(network, loop::nanoTime, 1, loop, loop))
                .build();
        var connected = client.connect();
        loop.run();
        assertThatThrownBy(connected::join).hasCauseInstanceOf(ImClientException.class);
        assertThat(client.isClosed()).isTrue();
    }

    @Test
    void silentServerTimesOut() {
        TestLoop loop = new TestLoop();
        TestNetwork network = new TestNetwork(loop);
        network.silent.add(1);
        var connected = ImClient.builder()
                .server("tcp://127.0.0.1:1")
                .user("alice")
                .connectTimeout(Duration.ofSeconds(3))
                .runtime(new ClientRuntime(network, loop::nanoTime, 1, loop, loop))
                .connect();
        loop.advance(Duration.ofMillis(2_999));
        assertThat(connected).isNotDone();
        loop.advance(Duration.ofMillis(1));
        assertThat(connected).isCompletedExceptionally();
        assertThat(network.attempts).containsExactly("tcp:1");
    }

    @Test
    void silentAddressLeavesTimeForTheNextOne() throws Exception {
        TestLoop loop = new TestLoop();
        TestNetwork network = new TestNetwork(loop);
        InetAddress silent = InetAddress.getByName("192.0.2.1");
        InetAddress good = InetAddress.getByName("192.0.2.2");
        network.names.put("chat.example", new InetAddress[] {silent, good});
        network.silentHosts.add(silent);
        ImClient.builder()
                .server("tcp://chat.example:1")
                .user("alice")
                .connectTimeout(Duration.ofSeconds(4))
                .runtime(new ClientRuntime(network, loop::nanoTime, 1, loop, loop))
                .connect();
        loop.advance(Duration.ofMillis(1_999));
        assertThat(network.connections).isEmpty();
        loop.advance(Duration.ofMillis(1));
        assertThat(network.last().remoteAddress().getAddress()).isEqualTo(good);
        assertThat(network.last().sent(Login.class)).hasSize(1);
    }

    @Test
    void serverThatDoesNotAnswerTheLoginTimesOut() {
        Scene scene = Scene.connecting(options -> options.loginTimeout(Duration.ofSeconds(10)));
        scene.advance(Duration.ofMillis(9_999));
        assertThat(scene.connected).isNotDone();
        scene.advance(Duration.ofMillis(1));
        assertFailed(scene, ReasonCode.LOGIN_TIMEOUT);
        assertThat(scene.link().closed).isEqualTo(ReasonCode.LOGIN_TIMEOUT);
    }

    @Test
    void errorBeforeTheCloseIsTheReason() {
        Scene scene = Scene.connecting(options -> options);
        scene.link().receive(new ErrorPacket(ReasonCode.UNSUPPORTED_VERSION, "too new"));
        scene.link().lose();
        assertFailed(scene, ReasonCode.UNSUPPORTED_VERSION);
    }

    @Test
    void messageBeforeTheLoginResultIsAViolation() {
        Scene scene = Scene.connecting(options -> options);
        scene.link().receive(Scene.fromBob(1));
        assertThat(scene.shown).isEmpty();
        assertThat(scene.link().sent(ErrorPacket.class).get(0).code()).isEqualTo(ReasonCode.UNEXPECTED_PACKET);
        assertFailed(scene, ReasonCode.UNEXPECTED_PACKET);
    }

    @Test
    void tokenIsAskedForBeforeEveryLogin() {
        int[] asked = new int[1];
        Scene scene = Scene.connecting(options -> options.token(() -> "token" + ++asked[0]));
        assertThat(scene.link().sent(Login.class).get(0).token()).isEqualTo("token1");
        scene.login();
        scene.comeBack();
        assertThat(scene.link().sent(Login.class).get(0).token()).isEqualTo("token2");
    }

    @Test
    void tokenSupplierThatThrowsFailsTheAttempt() {
        Scene scene = Scene.connecting(options -> options.token(() -> {
            throw new IllegalStateException("no keychain");
        }));
        assertThatThrownBy(scene.connected::join).hasMessageContaining("no keychain");
    }

    @Test
    void everyMistakeOfARuntimeIsReportedAtOnce() {
        assertThatThrownBy(() -> ClientRuntime.builder()
                        .loops(0)
                        .workers(0)
                        .maxDatagramBytes(0)
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("loops must be 1 to 255: 0")
                .hasMessageContaining("workers must be 1 to 1024: 0")
                .hasMessageContaining("maxDatagramBytes is 1200 to 1452, not 0");
    }

    /** The engine is the runtime's: one client cannot choose for the others. */
    @Test
    void whatTheEngineDoesIsSaidToTheRuntimeThatIsShared() {
        try (ClientRuntime runtime = ClientRuntime.builder()
                .redundancy(false)
                .congestionControl(CongestionControl.CUBIC)
                .maxDatagramBytes(1_200)
                .build()) {
            ImClient.Builder client =
                    ImClient.builder().server("udp://127.0.0.1:1").user("alice");
            client.redundancy(false).congestionControl(CongestionControl.CUBIC).maxDatagramBytes(1_200);
            client.build().close();
            assertThatThrownBy(() -> client.runtime(runtime).build())
                    .hasMessageContaining("the runtime that is shared");
        }
    }

    @Test
    void everyMistakeIsReportedAtOnce() {
        assertThatThrownBy(() -> ImClient.builder()
                        .server("ftp://x")
                        .device("@device")
                        .window(0, 0)
                        .loginTimeout(Duration.ZERO)
                        .maxDatagramBytes(1_500)
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("ftp")
                .hasMessageContaining("a user is needed")
                .hasMessageContaining("device")
                .hasMessageContaining("window messages")
                .hasMessageContaining("loginTimeout")
                .hasMessageContaining("maxDatagramBytes is 1200 to 1452, not 1500");
    }

    @Test
    void loginThatCannotBeSentIsAMistake() {
        assertThatThrownBy(() -> ImClient.builder()
                        .server("tcp://127.0.0.1:1")
                        .user("alice")
                        .platform("x".repeat(65))
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("platform");
    }

    private static void assertFailed(Scene scene, ReasonCode code) {
        assertThat(scene.connected).isCompletedExceptionally();
        assertThatThrownBy(scene.connected::join)
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        ImClientException.class,
                        failure -> assertThat(failure.code()).isEqualTo(code));
    }
}
