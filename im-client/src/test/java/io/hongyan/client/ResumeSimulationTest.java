// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.core.ImNode;
import io.hongyan.core.limit.ServerLimits;
import io.hongyan.core.listener.Verdict;
import io.hongyan.core.metrics.ImMetrics;
import io.hongyan.core.metrics.Metric;
import io.hongyan.core.time.Housekeeper;
import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.Payload;
import io.hongyan.simnet.DeliveryChecker;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * The client and the server as they are, in virtual time: two people write to each other over links that are lost at any
 * moment, with what is under way. Nothing may be lost, doubled or out of order, and every message must be told as
 * delivered, once.
 *
 * <p>A failure names its seed: {@code -Dhongyan.seed=N} runs that one alone.
 */
class ResumeSimulationTest {

    private static final int SEEDS = 300;

    private long resumed;
    private long refused;

    @Test
    void losesDoublesAndReordersNothing() {
        Long only = Long.getLong("hongyan.seed");
        for (long seed = only == null ? 1 : only; seed <= (only == null ? SEEDS : only); seed++) {
            try {
                new Run(seed).play();
            } catch (Throwable failure) {
                throw new AssertionError(
                        "seed " + seed + "; replay with -Dtest=ResumeSimulationTest -Dhongyan.seed=" + seed, failure);
            }
        }
        if (only == null) {
            assertThat(resumed).isGreaterThan(SEEDS);
            assertThat(refused).isPositive();
        }
    }

    private final class Run implements ImMetrics, Housekeeper {
        private final SplittableRandom random;
        private final TestLoop loop = new TestLoop();
        private final DeliveryChecker checker = new DeliveryChecker();
        private final ArrayDeque<Runnable> nodeWork = new ArrayDeque<>();
        private final ImNode node;
        private final List<Person> people = new ArrayList<>();

        Run(long seed) {
            random = new SplittableRandom(seed);
            ImNode.Builder builder = ImNode.builder()
                    .allowAnyone()
                    .limits(ServerLimits.builder()
                            .noRateLimits()
                            .detachedMillis(random.nextInt(4) == 0 ? 500 : 60_000)
                            .detachedSessionBytes(random.nextInt(3) == 0 ? 4 * 1024 : 64 * 1024)
                            .build())
                    .clock(loop::nanoTime)
                    .wallClock(() -> Instant.ofEpochMilli(1_700_000_000_000L + loop.nanoTime() / 1_000_000))
                    .housekeeper(this)
                    .executor(nodeWork::add)
                    .metrics(this);
            if (random.nextBoolean()) {
                builder.interceptor((sender, message) -> Verdict.pass());
            }
            node = builder.build();
            node.start();
            boolean udp = random.nextBoolean();
            people.add(new Person("alice", "bob", udp));
            people.add(new Person("bob", "alice", !udp));
        }

        void play() {
            people.forEach(person -> person.client.connect());
            pass(200);
            int steps = 30 + random.nextInt(40);
            for (int step = 0; step < steps; step++) {
                Person person = people.get(random.nextInt(2));
                switch (random.nextInt(8)) {
                    case 0, 1 -> person.network.cut();
                    case 2 -> pass(random.nextInt(3_000));
                    default -> person.write(1 + random.nextInt(30));
                }
                pass(random.nextInt(60));
            }
            for (int i = 0; i < 600 && !people.stream().allMatch(Person::isDone); i++) {
                pass(500);
            }
            checker.checkEverySent().requireClean();
            for (Person person : people) {
                assertThat(person.failed).as(person.name).isEmpty();
                assertThat(person.delivered).as(person.name).doesNotHaveDuplicates();
                person.written.removeAll(person.delivered);
                assertThat(person.written).as("%s lacks receipts", person.name).isEmpty();
            }
        }

        /** Time passes; workers run now and then. */
        private void pass(int millis) {
            for (int left = millis; left >= 0; left -= 5) {
                loop.advance(Duration.ofMillis(5));
                for (ArrayDeque<Runnable> work : List.of(nodeWork, people.get(0).work, people.get(1).work)) {
                    for (int i = random.nextInt(6); i > 0 && !work.isEmpty(); i--) {
                        work.remove().run();
                    }
                }
                loop.run();
            }
        }

        @Override
        public void add(Metric metric, long amount) {
            resumed += metric == Metric.SESSIONS_RESUMED ? amount : 0;
        }

        @Override
        public void add(Metric metric, ReasonCode code, long amount) {
            refused += metric == Metric.RESUMES_REFUSED ? amount : 0;
        }

        @Override
        public Runnable schedule(long delayNanos, Runnable task) {
            return loop.schedule(delayNanos, task);
        }

        @Override
        public void close() {}

        /** Somebody who writes to somebody else. */
        private final class Person {
            private final String name;
            private final String friend;
            private final ArrayDeque<Runnable> work = new ArrayDeque<>();
            private final PipeNetwork network = new PipeNetwork(loop, random.split(), node);
            private final List<Long> delivered = new ArrayList<>();
            private final List<String> failed = new ArrayList<>();
            private final ImClient client;
            private final Set<Long> written = new TreeSet<>();

            Person(String name, String friend, boolean udp) {
                this.name = name;
                this.friend = friend;
                client = ImClient.builder()
                        .server((udp ? "udp" : "tcp") + "://127.0.0.1:1")
                        .user(name)
                        .token("secret")
                        .runtime(new ClientRuntime(network, loop::nanoTime, random.nextLong(), work::add, loop))
                        .reconnect(new ReconnectPolicy(Duration.ofMillis(5), Duration.ofMillis(200), null))
                        .onMessage(message -> checker.received(
                                friend,
                                name,
                                message.lane().name(),
                                message.id().counter()))
                        .receiptListener(new ReceiptListener() {
                            @Override
                            public void reached(ReceiptLevel level, long first, long last) {
                                for (long counter = first;
                                        level == ReceiptLevel.DELIVERED && counter <= last;
                                        counter++) {
                                    delivered.add(counter);
                                }
                            }

                            @Override
                            public void failed(ReasonCode code, long first, long last) {
                                failed.add(code + " " + first + "-" + last);
                            }
                        })
                        .build();
            }

            void write(int count) {
                for (int i = 0; i < count; i++) {
                    boolean bulk = random.nextInt(20) == 0;
                    SendOptions how = SendOptions.binary().awaiting(ReceiptLevel.DELIVERED);
                    byte[] payload = new byte[bulk ? random.nextInt(20_000) : random.nextInt(300)];
                    long counter =
                            client.post(Address.user(friend), Payload.of(payload), bulk ? how.lane(Lane.BULK) : how);
                    if (counter > 0) {
                        written.add(counter);
                        checker.sent(name, friend, bulk ? "BULK" : "CHAT", counter);
                    }
                }
            }

            boolean isDone() {
                return delivered.size() >= written.size() && checker.allSentReceived();
            }
        }
    }
}
