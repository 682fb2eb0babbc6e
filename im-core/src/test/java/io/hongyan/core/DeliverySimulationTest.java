// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.core.limit.ServerLimits;
import io.hongyan.core.listener.DeliveryListener;
import io.hongyan.core.listener.Verdict;
import io.hongyan.core.store.InMemoryMessageStore;
import io.hongyan.core.world.LateStore;
import io.hongyan.core.world.TestClient;
import io.hongyan.core.world.TestOwner;
import io.hongyan.core.world.TestWorld;
import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.MessageId;
import io.hongyan.protocol.packet.Payload;
import io.hongyan.protocol.packet.UserId;
import io.hongyan.simnet.DeliveryChecker;
import io.hongyan.simnet.DeliveryReport;
import io.hongyan.simnet.DeliveryViolation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Seeded random lives of a few users over two or three loops: they log in and out, vanish, hang, read nothing, are kicked,
 * and send all the while. At the end everybody is here and well: nothing accepted may be lost, doubled or out of order,
 * nothing may be told that is not so, and nothing may be left in memory.
 *
 * <p>A failure names its seed: {@code -Dhongyan.seed=N} runs that one alone.
 */
final class DeliverySimulationTest {
    private static final int SEEDS = Math.max(20, 2 * Integer.getInteger("hongyan.seedPercent", 100));

    @Test
    void losesDoublesAndReordersNothing() {
        play(false, 0);
    }

    @Test
    void losesDoublesAndReordersNothingWhenSessionsAreResumed() {
        play(true, 0);
    }

    /** The checker is worth its name: a client that counts a frame twice when it resumes loses what it did not have. */
    @Test
    void noticesAFrameCountedTwice() {
        for (long seed = 1; seed <= 20; seed++) {
            try {
                new Run(seed, true, 1).play();
            } catch (AssertionError noticed) {
                assertThat(noticed).hasMessageContaining("accepted is shown");
                return;
            }
        }
        throw new AssertionError("nothing noticed");
    }

    private static void play(boolean resuming, int countedTwice) {
        Long only = Long.getLong("hongyan.seed");
        long first = only == null ? 1 : only;
        long last = only == null ? SEEDS : only;
        long received = 0;
        long resumed = 0;
        for (long seed = first; seed <= last; seed++) {
            try {
                Run run = new Run(seed, resuming, countedTwice);
                received += run.play();
                resumed += run.clients.stream().mapToInt(TestClient::resumes).sum();
            } catch (Throwable failure) {
                throw new AssertionError(
                        "seed " + seed + "; replay with -Dtest=DeliverySimulationTest -Dhongyan.seed=" + seed, failure);
            }
        }
        assertThat(received).isGreaterThan(only == null ? 50L * SEEDS : 0);
        assertThat(resumed).isGreaterThanOrEqualTo(resuming && only == null ? 2L * SEEDS : 0);
    }

    /** One life of a node. */
    private static final class Run {
        private final SplittableRandom random;
        private final TestWorld world;
        private final ImNode node;
        private final DeliveryChecker checker = new DeliveryChecker();
        private final List<TestClient> clients = new ArrayList<>();
        private final Map<String, List<TestClient>> byUser = new HashMap<>();
        private final Map<String, Set<String>> shownToUser = new HashMap<>();
        private final Map<String, Set<String>> shownToDevice = new HashMap<>();
        /** What each device is to be shown, if it is accepted: it was known when that was sent. */
        private final Map<String, Set<String>> due = new HashMap<>();

        private final Set<String> accepted = new HashSet<>();
        private final boolean mayRefuse;
        private final boolean resuming;
        private final int countedTwice;
        private boolean durable;
        private boolean ending;

        Run(long seed, boolean resuming, int countedTwice) {
            this.resuming = resuming;
            this.countedTwice = countedTwice;
            random = new SplittableRandom(seed);
            world = TestWorld.shuffled(seed ^ 0x5EED, 2 + random.nextInt(2));
            mayRefuse = random.nextBoolean();
            if (mayRefuse) {
                // Refused, not heard because the link broke, sent again and taken: its place is lost by rights.
                checker.unordered(Lane.BULK.name());
            }
            ImNode.Builder builder = ImNode.builder()
                    .allowAnyone()
                    .noRateLimits()
                    .limits(ServerLimits.builder()
                            .detachedMillis(resuming ? 15_000 : 0)
                            .detachedSessionBytes(4 * 1024 + random.nextInt(60 * 1024))
                            .sessionBytes(16 * 1024)
                            .sessionBulkBytes(mayRefuse ? 64 * 1024 : 16 * 1024 * 1024)
                            .catchUpMessages(1 + random.nextInt(8))
                            .catchUpBytes(4096)
                            .laneTasks(4)
                            .openMessages(16)
                            .loopPairBytes(64 * 1024)
                            .build())
                    .clock(world)
                    .wallClock(world)
                    .housekeeper(world)
                    .executor(world.workers());
            InMemoryMessageStore memory = new InMemoryMessageStore(2000, 4 << 20, 64 << 20);
            switch (random.nextInt(3)) {
                case 0 -> builder.messageStore(memory);
                case 1 -> builder.messageStore(new LateStore(memory, world.queue()));
                default -> {
                    builder.messageStore(new LateStore(memory, world.queue()).durably());
                    durable = true;
                }
            }
            if (random.nextInt(3) == 0) {
                builder.interceptor((sender, message) -> Verdict.pass());
            }
            if (random.nextInt(3) == 0) {
                builder.deliveryListener(new DeliveryListener() {});
            }
            node = builder.build();
            node.start();
            int users = 2 + random.nextInt(3);
            for (int user = 0; user < users; user++) {
                int devices = 1 + random.nextInt(2);
                for (int device = 0; device < devices; device++) {
                    add("u" + user, "d" + device, 100 * user + device + 1);
                }
            }
        }

        private void add(String user, String device, long instance) {
            TestClient client = new TestClient(user, device, instance, world.queue()).countingTwice(countedTwice);
            clients.add(client);
            byUser.computeIfAbsent(user, any -> new ArrayList<>()).add(client);
            client.onMessage(this::shown);
            client.onResult((id, code) -> answered(client, id, code));
            client.onClosed(() -> {
                if (ending) {
                    comeBack(client);
                }
            });
        }

        long play() {
            clients.forEach(this::comeBack);
            world.settle();
            int steps = 60 + random.nextInt(200);
            for (int step = 0; step < steps; step++) {
                act();
                for (int i = random.nextInt(60); i > 0 && world.runOne(); i--) {}
            }
            everybodyIsWell();
            check();
            return shownToUser.values().stream().mapToLong(Set::size).sum();
        }

        private void act() {
            TestClient client = clients.get(random.nextInt(clients.size()));
            if (client.connection() == null) {
                return;
            }
            switch (random.nextInt(20)) {
                case 0 -> client.cut();
                case 1, 2 -> comeBack(client);
                case 3 -> client.stopCounting();
                case 4 -> client.run(client::countNow);
                case 5 -> client.connection().block(Lane.CHAT, true);
                case 6 -> client.connection().block(Lane.CHAT, false);
                case 12 -> client.connection().room(Lane.CHAT, random.nextInt(6_000));
                case 7 -> client.connection().room(Lane.BULK, random.nextInt(30_000));
                case 8 -> world.advanceMillis(random.nextInt(20_000));
                case 9 -> node.kick(new UserId(client.user()), ReasonCode.KICKED, "");
                case 10 -> {
                    client.cut();
                    comeBack(client);
                }
                case 11 -> world.holdWorker(random.nextInt(world.workerThreads()), random.nextBoolean());
                default -> send(client, 1 + random.nextInt(12));
            }
        }

        private void send(TestClient client, int count) {
            client.run(() -> {
                for (int i = 0; i < count; i++) {
                    String to = "u" + random.nextInt(byUser.size());
                    boolean bulk = random.nextInt(10) == 0;
                    byte[] payload = new byte[bulk ? random.nextInt(40_000) : random.nextInt(1500)];
                    Message message = Message.of(new MessageId(1, 1), Address.user(to), Payload.of(payload))
                            .withLane(bulk ? Lane.BULK : Lane.CHAT);
                    long counter = client.nextCounter();
                    for (TestClient device : byUser.get(to)) {
                        checker.sent(name(client), name(device), message.lane().name(), counter);
                        due.computeIfAbsent(name(device), any -> new HashSet<>())
                                .add(name(client) + "#" + counter);
                    }
                    for (TestClient device : byUser.get(client.user())) {
                        if (device != client && !client.user().equals(to)) {
                            checker.sent(
                                    name(client), name(device), message.lane().name(), counter);
                            if (durable) {
                                due.computeIfAbsent(name(device), any -> new HashSet<>())
                                        .add(name(client) + "#" + counter);
                            }
                        }
                    }
                    client.message(message);
                }
            });
        }

        private void comeBack(TestClient client) {
            boolean resumes = resuming && random.nextInt(4) > 0;
            boolean apart = random.nextBoolean();
            client.run(() -> {
                TestOwner owner = world.owner(random.nextInt(world.loops()));
                if (resumes && client.hasSession()) {
                    client.resume(node, owner);
                } else {
                    client.comeBack(node, owner, apart);
                }
            });
        }

        private void shown(TestClient client, Message message) {
            String sender = senderOf(message);
            checker.received(
                    sender, name(client), message.lane().name(), message.id().counter());
            String shown = sender + "#" + message.id().counter();
            shownToDevice.computeIfAbsent(name(client), any -> new HashSet<>()).add(shown);
            if (message.to().equals(Address.user(client.user()))) {
                shownToUser
                        .computeIfAbsent(client.user(), any -> new HashSet<>())
                        .add(shown);
            }
        }

        private void answered(TestClient client, long counter, ReasonCode code) {
            if (code == ReasonCode.OK) {
                accepted.add(name(client) + "#" + counter);
            } else {
                assertThat(mayRefuse).isTrue();
                assertThat(code).isEqualTo(ReasonCode.BACKPRESSURED);
                assertThat(accepted).doesNotContain(name(client) + "#" + counter);
            }
        }

        private void everybodyIsWell() {
            ending = true;
            world.holdWorkers(false);
            world.settle();
            for (TestClient client : clients) {
                client.run(() -> {
                    client.countNow();
                    comeBack(client);
                });
            }
            for (int i = 0; i < 20; i++) {
                world.advanceMillis(3_000);
            }
        }

        private void check() {
            for (TestClient client : clients) {
                assertThat(client.isOpen()).as(name(client) + " is here").isTrue();
                assertThat(client.unanswered())
                        .as(name(client) + " has its answers")
                        .isEmpty();
            }
            DeliveryReport report = checker.check();
            assertThat(report.count(DeliveryViolation.DOUBLED))
                    .as(report.toString())
                    .isZero();
            assertThat(report.count(DeliveryViolation.OUT_OF_ORDER))
                    .as(report.toString())
                    .isZero();
            assertThat(report.count(DeliveryViolation.PHANTOM))
                    .as(report.toString())
                    .isZero();
            Set<String> shown = new HashSet<>();
            shownToUser.values().forEach(shown::addAll);
            assertThat(shown).as("accepted is shown").containsAll(accepted);
            for (TestClient client : clients) {
                Set<String> owed = new HashSet<>(due.getOrDefault(name(client), Set.of()));
                owed.retainAll(accepted);
                owed.removeIf(message -> message.startsWith(name(client) + "#"));
                assertThat(shownToDevice.getOrDefault(name(client), Set.of()))
                        .as("accepted is shown on " + name(client))
                        .containsAll(owed);
            }
            for (TestClient client : clients) {
                for (long delivered : client.delivered) {
                    assertThat(shown).as("delivered is shown").contains(name(client) + "#" + delivered);
                }
            }
            ending = false;
            clients.forEach(TestClient::cut);
            world.advanceMillis(20_000);
            assertThat(node.holdings()).isEqualTo(new ImNode.Holdings(0, 0, 0, 0, 0, 0));
        }

        private String senderOf(Message message) {
            for (TestClient client : clients) {
                if (client.instance() == message.id().instance()) {
                    assertThat(message.from()).isEqualTo(Address.user(client.user()));
                    return name(client);
                }
            }
            throw new AssertionError("from nobody: " + message);
        }

        private static String name(TestClient client) {
            return client.user() + "/" + client.device();
        }
    }
}
