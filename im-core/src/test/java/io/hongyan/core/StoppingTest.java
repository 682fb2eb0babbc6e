// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.hongyan.core.auth.AuthResult;
import io.hongyan.core.listener.Verdict;
import io.hongyan.core.transport.Bound;
import io.hongyan.core.transport.Transport;
import io.hongyan.core.transport.TransportContext;
import io.hongyan.core.world.NodeFixture;
import io.hongyan.core.world.TestClient;
import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.GoAway;
import io.hongyan.protocol.packet.Kick;
import io.hongyan.protocol.packet.UserId;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** A node's beginning and end. */
final class StoppingTest {
    private final NodeFixture fixture = new NodeFixture();
    private final List<String> calls = new ArrayList<>();

    @Test
    void tellsClientsToGoAndEndsEachWhenAllIsCounted() {
        fixture.open();
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        bob.stopCounting();
        alice.texts("bob", 10);
        fixture.world.settle();

        CompletionStage<Void> stop = fixture.node().stop(Duration.ofSeconds(10));
        assertThat(fixture.node().stop(Duration.ZERO)).as("idempotent").isSameAs(stop);
        fixture.world.advanceMillis(1_000);
        assertThat(alice.heard(GoAway.class)).hasSize(1);
        assertThat(alice.heard(GoAway.class).get(0).retryAfterMillis()).isBetween(2_000, 4_010);
        assertThat(alice.closes).containsExactly(ReasonCode.SERVER_STOPPING);
        assertThat(bob.isOpen()).as("has not counted").isTrue();
        assertThat(stop.toCompletableFuture()).isNotDone();

        bob.run(bob::countNow);
        fixture.world.advanceMillis(100);
        assertThat(bob.heard(Kick.class)).extracting(Kick::code).containsExactly(ReasonCode.SERVER_STOPPING);
        assertThat(stop.toCompletableFuture()).isDone();
        assertThat(fixture.node().whenStopped().toCompletableFuture()).isDone();
    }

    @Test
    void endsTheRestWhenTheDrainIsOver() {
        fixture.open();
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        bob.stopCounting();
        alice.text("bob", "hi");
        fixture.world.settle();
        CompletionStage<Void> stop = fixture.node().stop(Duration.ofSeconds(3));
        fixture.world.advanceMillis(2_900);
        assertThat(bob.isOpen()).isTrue();
        fixture.world.advanceMillis(200);
        assertThat(bob.closes).containsExactly(ReasonCode.SERVER_STOPPING);
        assertThat(stop.toCompletableFuture()).isDone();
    }

    @Test
    void routesWhatWasAcceptedBeforeItEndsSessions() {
        fixture.start(builder -> builder.allowAnyone().interceptor((sender, message) -> Verdict.pass()));
        TestClient alice = fixture.in("alice", 0);
        TestClient bob = fixture.in("bob", 1);
        fixture.world.holdWorkers(true);
        alice.texts("bob", 5);
        fixture.world.settle();
        CompletionStage<Void> stop = fixture.node().stop(Duration.ofSeconds(10));
        fixture.world.advanceMillis(1_900);
        assertThat(bob.isOpen()).isTrue();
        alice.text("bob", "too late");
        fixture.world.settle();
        assertThat(alice.results).containsEntry(6L, ReasonCode.SERVER_STOPPING);
        fixture.world.holdWorkers(false);
        fixture.world.advanceMillis(100);
        assertThat(bob.texts()).hasSize(5);
        assertThat(alice.results).hasSize(6);
        assertThat(alice.delivered).hasSize(5);
        assertThat(stop.toCompletableFuture()).isDone();
    }

    @Test
    void sendsAwayWhoComesWhileItStops() {
        fixture.start(builder -> builder.authenticator(login -> new CompletableFuture<AuthResult>()));
        TestClient waiting = fixture.connected("waiting", 0).login();
        TestClient silent = fixture.connected("silent", 1);
        fixture.world.settle();
        fixture.node().stop(Duration.ofSeconds(1));
        fixture.world.advanceMillis(10);
        assertThat(waiting.loginResult().code()).isEqualTo(ReasonCode.SERVER_STOPPING);
        assertThat(silent.closes).containsExactly(ReasonCode.SERVER_STOPPING);
        TestClient late = fixture.connected("late", 0);
        fixture.world.settle();
        assertThat(late.closes).containsExactly(ReasonCode.SERVER_STOPPING);
        assertThat(sendNow()).isEqualTo(ReasonCode.SERVER_STOPPING);
    }

    @Test
    void whoComesTooLateHearsWhereElseToGoBeforeItIsRefused() {
        CompletableFuture<AuthResult> verdict = new CompletableFuture<>();
        CompletableFuture<AuthResult> accepted = CompletableFuture.completedFuture(AuthResult.accept());
        fixture.start(builder ->
                builder.authenticator(login -> login.user().equals(new UserId("judged")) ? verdict : accepted));
        TestClient here = fixture.in("here", 0);
        here.stopCounting();
        fixture.in("other", 1).text("here", "keeps the node");
        TestClient judged = fixture.connected("judged", 0).login();
        TestClient silent = fixture.connected("silent", 1);
        fixture.world.settle();
        fixture.node()
                .stop(Drain.within(Duration.ofSeconds(5))
                        .leavingOver(Duration.ofSeconds(5))
                        .elsewhere("tcp://im2.example.org:7901"));
        verdict.complete(AuthResult.accept());
        fixture.world.advanceMillis(10);
        TestClient late = fixture.connected("late", 0);
        fixture.world.settle();
        for (TestClient client : List.of(judged, silent, late)) {
            assertThat(client.packets.get(0)).as(client.user()).isInstanceOfSatisfying(GoAway.class, told -> {
                assertThat(told.code()).isEqualTo(ReasonCode.SERVER_STOPPING);
                assertThat(told.endpoints()).containsExactly("tcp://im2.example.org:7901");
            });
            assertThat(client.packets).hasSize(2);
            assertThat(client.closes).containsExactly(ReasonCode.SERVER_STOPPING);
        }
        assertThat(judged.loginResult().code()).isEqualTo(ReasonCode.SERVER_STOPPING);
        assertThat(fixture.node().sessionCount()).isLessThanOrEqualTo(2);
    }

    @Test
    void startsTransportsAndClosesThemInOrder() {
        Listening tcp = new Listening("tcp", null);
        fixture.start(builder -> builder.allowAnyone().listen(tcp));
        assertThat(fixture.node().bound()).containsExactly(new Bound("tcp", new InetSocketAddress("127.0.0.1", 1)));
        assertThat(fixture.node().start().toCompletableFuture()).isDone();
        assertThat(tcp.context.maxFrameBytes()).isEqualTo(64 * 1024);
        assertThat(tcp.context.loginTimeoutMillis()).isEqualTo(10_000);
        fixture.node().stop(Duration.ZERO);
        fixture.world.advanceMillis(3_000);
        assertThat(calls).containsExactly("start tcp", "stop tcp", "close tcp");
    }

    @Test
    void failsToStartWithTheCauseAndClosesTheOthers() {
        BindException taken = new BindException("port taken");
        Listening tcp = new Listening("tcp", null);
        Listening udp = new Listening("udp", taken);
        fixture.start(builder -> builder.allowAnyone().listen(tcp).listen(udp));
        fixture.world.advanceMillis(3_000);
        assertThat(calls).containsExactly("start tcp", "start udp", "stop tcp", "stop udp", "close tcp", "close udp");
        assertThat(fixture.node().start().toCompletableFuture())
                .isCompletedExceptionally()
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .havingRootCause()
                .isSameAs(taken);
    }

    @Test
    void stopsWithoutEverHavingStarted() {
        ImNode node = ImNode.builder().allowAnyone().build();
        node.close();
        assertThat(node.whenStopped().toCompletableFuture()).isDone();
    }

    @Test
    void closesATransportThatIsStillBindingWhenItHasBound() {
        Listening tcp = new Listening("tcp", null);
        CompletableFuture<List<Bound>> binding = new CompletableFuture<>();
        tcp.start = binding;
        fixture.start(builder -> builder.allowAnyone().listen(tcp));
        CompletionStage<Void> stop = fixture.node().stop(Duration.ZERO);
        fixture.world.advanceMillis(1_000);
        assertThat(calls).as("not before it has bound").containsExactly("start tcp");
        assertThat(stop.toCompletableFuture()).isNotDone();

        binding.complete(List.of(new Bound("tcp", new InetSocketAddress("127.0.0.1", 1))));
        fixture.world.advanceMillis(1_000);
        assertThat(calls).containsExactly("start tcp", "stop tcp", "close tcp");
        assertThat(stop.toCompletableFuture()).isDone();
        assertThat(fixture.node().bound()).isEmpty();
        assertThat(fixture.node().start().toCompletableFuture()).isCancelled();
    }

    @Test
    void doesNotWaitForEverForATransportThatDoesNotBindAndClosesItWhenItDoes() {
        Listening tcp = new Listening("tcp", null);
        CompletableFuture<List<Bound>> binding = new CompletableFuture<>();
        tcp.start = binding;
        fixture.start(builder -> builder.allowAnyone().listen(tcp));
        CompletionStage<Void> stop = fixture.node().stop(Duration.ZERO);
        fixture.world.advanceMillis(10_000);
        assertThat(stop.toCompletableFuture()).isDone();
        assertThat(calls).containsExactly("start tcp");

        binding.complete(List.of());
        assertThat(calls).containsExactly("start tcp", "stop tcp", "close tcp");
    }

    @Test
    void startsNoFurtherTransportWhenTheFirstStopsTheNode() {
        Listening udp = new Listening("udp", null);
        Transport stopper = new Listening("tcp", null) {
            @Override
            public CompletionStage<List<Bound>> start(TransportContext given) {
                fixture.node().stop(Duration.ZERO);
                return super.start(given);
            }
        };
        ImNode node =
                fixture.build(builder -> builder.allowAnyone().listen(stopper).listen(udp));
        node.start();
        fixture.world.advanceMillis(3_000);
        assertThat(calls).containsExactly("start tcp", "stop tcp", "close tcp", "stop udp", "close udp");
        assertThat(node.start().toCompletableFuture()).isCancelled();
        assertThat(node.whenStopped().toCompletableFuture()).isDone();
    }

    @Test
    void refusesADrainThatIsNoneAndCanStillBeStopped() {
        ImNode node = fixture.open();
        assertThatNullPointerException().isThrownBy(() -> node.stop((Drain) null));
        assertThatIllegalArgumentException().isThrownBy(() -> node.stop(Duration.ofMillis(-1)));
        assertThat(sendNow()).as("goes on").isEqualTo(ReasonCode.OK);
        CompletionStage<Void> stop = node.stop(Duration.ofSeconds(Long.MAX_VALUE));
        fixture.world.advanceMillis(100);
        assertThat(stop.toCompletableFuture()).isDone();
    }

    private ReasonCode sendNow() {
        return fixture.node()
                .send(Address.user("bob"), Content.text("hi").withLane(Lane.CHAT), ReceiptLevel.ACCEPTED)
                .toCompletableFuture()
                .join()
                .code();
    }

    private class Listening implements Transport {
        private final String name;
        private final Throwable failure;
        private TransportContext context;
        private CompletionStage<List<Bound>> start;

        Listening(String name, Throwable failure) {
            this.name = name;
            this.failure = failure;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public CompletionStage<List<Bound>> start(TransportContext given) {
            calls.add("start " + name);
            context = given;
            if (start != null) {
                return start;
            }
            return failure == null
                    ? CompletableFuture.completedStage(List.of(new Bound(name, new InetSocketAddress("127.0.0.1", 1))))
                    : CompletableFuture.failedStage(failure);
        }

        @Override
        public void stopAccepting() {
            calls.add("stop " + name);
        }

        @Override
        public CompletionStage<Void> close() {
            calls.add("close " + name);
            return CompletableFuture.completedStage(null);
        }
    }
}
