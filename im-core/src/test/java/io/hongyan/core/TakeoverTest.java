// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hongyan.core.auth.AuthResult;
import io.hongyan.core.auth.TakeoverPolicy;
import io.hongyan.core.listener.SessionInfo;
import io.hongyan.core.metrics.Metric;
import io.hongyan.core.world.NodeFixture;
import io.hongyan.core.world.TestClient;
import io.hongyan.core.world.TestWorld;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.packet.Kick;
import io.hongyan.protocol.packet.UserId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who stays when a user logs in on one device more. */
final class TakeoverTest {
    private static final UserId BOB = new UserId("bob");

    private final NodeFixture fixture = new NodeFixture();

    @Test
    void oneDeviceMeansThatTheNewerReplacesTheOlder() {
        open(TakeoverPolicy.oneDevice());
        TestClient phone = fixture.in("bob", "phone", 0);
        TestClient desk = fixture.in("bob", "desk", 1);
        assertThat(phone.heard(Kick.class)).extracting(Kick::code).containsExactly(ReasonCode.REPLACED);
        assertThat(devices()).containsExactly("desk");
        assertThat(desk.isOpen()).isTrue();
    }

    @Test
    void losesNothingOfTheDeviceThatWasReplaced() {
        open(TakeoverPolicy.oneDevice());
        TestClient alice = fixture.in("alice", 1);
        TestClient phone = fixture.in("bob", "phone", 0);
        phone.stopCounting();
        alice.texts("bob", 4);
        fixture.world.settle();
        TestClient desk = fixture.in("bob", "desk", 1);
        alice.text("bob", "five");
        fixture.world.settle();
        assertThat(desk.texts()).containsExactly("m1", "m2", "m3", "m4", "five");
        assertThat(alice.delivered).hasSize(5);
        assertThat(fixture.counts.of(Metric.MESSAGES_EXPIRED)).isZero();
        assertThat(fixture.counts.of(Metric.MESSAGES_LOST)).isZero();
    }

    @Test
    void onePerClassLeavesTheOtherClassesAlone() {
        open(TakeoverPolicy.onePerPlatformClass());
        TestClient android = on("d1", "android 14", 0);
        TestClient windows = on("d2", "Windows 11", 1);
        TestClient browser = on("d3", "Mozilla/5.0 (Windows NT 10.0)", 0);
        assertThat(devices()).containsExactly("d1", "d2", "d3");
        TestClient iphone = on("d4", "iOS", 1);
        assertThat(android.closes).containsExactly(ReasonCode.REPLACED);
        assertThat(windows.isOpen()).isTrue();
        assertThat(browser.isOpen()).isTrue();
        assertThat(iphone.isOpen()).isTrue();
    }

    @Test
    void applicationMaySortPlatformsItself() {
        open(TakeoverPolicy.onePerPlatformClass(platform -> platform.substring(0, 1)));
        on("d1", "x-1", 0);
        on("d2", "y-1", 0);
        on("d3", "x-2", 0);
        assertThat(devices()).containsExactly("d2", "d3");
    }

    @Test
    void sorterThatFailsKeepsTheLoginOut() {
        open(TakeoverPolicy.onePerPlatformClass(platform -> platform.substring(10)));
        TestClient short1 = on("d1", "x", 0);
        assertThat(short1.loginResult().code()).isEqualTo(ReasonCode.AUTHENTICATOR_FAILED);
        assertThat(fixture.counts.of(Metric.CALLBACKS_FAILED)).isEqualTo(1);
        open(TakeoverPolicy.onePerPlatformClass(platform -> null));
        assertThat(on("d1", "x", 0).loginResult().code()).isEqualTo(ReasonCode.AUTHENTICATOR_FAILED);
    }

    @Test
    void severalUpToANumber() {
        open(TakeoverPolicy.upTo(2));
        TestClient first = fixture.in("bob", "d1", 0);
        fixture.in("bob", "d2", 1);
        fixture.in("bob", "d3", 0);
        assertThat(first.closes).containsExactly(ReasonCode.REPLACED);
        assertThat(devices()).containsExactly("d2", "d3");
        assertThatThrownBy(() -> TakeoverPolicy.upTo(0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusingKeepsThoseWhoAreHere() {
        open(TakeoverPolicy.oneDevice().refusingNewDevices());
        TestClient phone = fixture.in("bob", "phone", 0);
        TestClient desk = fixture.in("bob", "desk", 1);
        assertThat(desk.loginResult().code()).isEqualTo(ReasonCode.DEVICE_LIMIT);
        assertThat(desk.closes).containsExactly(ReasonCode.DEVICE_LIMIT);
        assertThat(phone.isOpen()).isTrue();
        assertThat(fixture.counts.of(Metric.LOGINS_REFUSED, ReasonCode.DEVICE_LIMIT))
                .isEqualTo(1);
        phone.cut();
        fixture.world.settle();
        assertThat(fixture.in("bob", "desk", 1).isOpen()).as("there is room").isTrue();
    }

    @Test
    void sameDeviceReplacesItselfAlsoWhereNewOnesAreRefused() {
        open(TakeoverPolicy.oneDevice().refusingNewDevices());
        TestClient alice = fixture.in("alice", 1);
        TestClient old = fixture.in("bob", "phone", 0);
        old.stopCounting();
        alice.texts("bob", 2);
        fixture.world.settle();
        TestClient again = fixture.in("bob", "phone", 1);
        assertThat(old.closes).containsExactly(ReasonCode.REPLACED);
        assertThat(again.texts()).containsExactly("m1", "m2");
        assertThat(devices()).containsExactly("phone");
    }

    @Test
    void refusingCountsTheBoundOfTheNodeToo() {
        fixture.start(builder -> builder.allowAnyone()
                .takeover(TakeoverPolicy.manyDevices().refusingNewDevices())
                .limits(io.hongyan.core.limit.ServerLimits.builder()
                        .devicesPerUser(2)
                        .build()));
        fixture.in("bob", "d1", 0);
        fixture.in("bob", "d2", 0);
        assertThat(fixture.in("bob", "d3", 1).loginResult().code()).isEqualTo(ReasonCode.DEVICE_LIMIT);
        assertThat(fixture.in("bob", "d2", 1).isOpen()).isTrue();
        assertThat(devices()).containsExactlyInAnyOrder("d1", "d2");
    }

    @Test
    void deviceThatChangesItsClassTakesAPlaceThere() {
        open(TakeoverPolicy.onePerPlatformClass());
        TestClient tablet = on("d1", "ipad", 0);
        TestClient phone = on("d2", "android", 1);
        TestClient asPhone = on("d1", "android", 1);
        assertThat(asPhone.isOpen()).isTrue();
        assertThat(tablet.closes).containsExactly(ReasonCode.REPLACED);
        assertThat(phone.closes).containsExactly(ReasonCode.REPLACED);
        assertThat(devices()).containsExactly("d1");
    }

    @Test
    void laterLoginOfAnotherDeviceWinsAlsoWhenJudgedFirst() {
        List<CompletableFuture<AuthResult>> verdicts = new ArrayList<>();
        fixture.start(builder -> builder.takeover(TakeoverPolicy.oneDevice()).authenticator(login -> {
            CompletableFuture<AuthResult> verdict = new CompletableFuture<>();
            verdicts.add(verdict);
            return verdict;
        }));
        TestClient early = fixture.in("bob", "phone", 0);
        TestClient late = fixture.in("bob", "desk", 1);
        verdicts.get(1).complete(AuthResult.accept());
        fixture.world.settle();
        verdicts.get(0).complete(AuthResult.accept());
        fixture.world.settle();
        assertThat(devices()).containsExactly("desk");
        assertThat(late.isOpen()).isTrue();
        assertThat(early.loginResult().code()).isEqualTo(ReasonCode.REPLACED);
    }

    /** Many logins of many devices in an order that a seed decides: exactly what the policy says is left. */
    @ParameterizedTest
    @CsvSource({"replace,1", "replace,2", "refuse,1", "refuse,2"})
    void racesLeaveExactlyWhatThePolicySays(String kind, int most) {
        for (long seed = 0; seed < 40; seed++) {
            TestWorld world = TestWorld.shuffled(seed, 3);
            TakeoverPolicy policy = kind.equals("replace")
                    ? TakeoverPolicy.upTo(most)
                    : TakeoverPolicy.upTo(most).refusingNewDevices();
            ImNode node = ImNode.builder()
                    .allowAnyone()
                    .noRateLimits()
                    .takeover(policy)
                    .clock(world)
                    .wallClock(world)
                    .housekeeper(world)
                    .executor(world.workers())
                    .build();
            node.start();
            List<TestClient> clients = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                TestClient client = new TestClient("bob", "d" + i % 5, i + 1, world.queue());
                client.connect(node, world.owner(i % 3), false).login();
                clients.add(client);
            }
            world.settle();
            List<TestClient> open = clients.stream().filter(TestClient::isOpen).toList();
            assertThat(open).as("seed %d", seed).hasSize(most);
            assertThat(node.sessions(BOB)).as("seed %d", seed).hasSize(most);
            assertThat(clients)
                    .as("seed %d: everyone was answered", seed)
                    .allMatch(client -> client.isOpen() || !client.closes.isEmpty());
            node.stop(java.time.Duration.ZERO);
            world.advanceMillis(5_000);
        }
    }

    private void open(TakeoverPolicy policy) {
        fixture.start(builder -> builder.allowAnyone().takeover(policy));
    }

    private TestClient on(String device, String platform, int loop) {
        TestClient client = fixture.client("bob", device)
                .platform(platform)
                .connect(fixture.node(), fixture.world.owner(loop), false);
        client.login();
        fixture.world.settle();
        return client;
    }

    private List<String> devices() {
        return fixture.node().sessions(BOB).stream()
                .map(SessionInfo::device)
                .map(Object::toString)
                .toList();
    }
}
