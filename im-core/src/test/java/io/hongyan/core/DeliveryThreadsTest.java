// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hongyan.core.limit.ServerLimits;
import io.hongyan.core.listener.Verdict;
import io.hongyan.core.store.InMemoryMessageStore;
import io.hongyan.core.world.TestClient;
import io.hongyan.core.world.ThreadOwner;
import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.MessageId;
import io.hongyan.protocol.packet.Payload;
import io.hongyan.simnet.DeliveryChecker;
import io.hongyan.simnet.DeliveryReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The same promise with real threads: three loops, a worker pool and a thread per client, everybody sending to everybody
 * while links break. Nothing may be lost, doubled or out of order, and no thread may be left.
 */
final class DeliveryThreadsTest {
    private static final int USERS = 6;
    private static final int MESSAGES = 3000;

    private final Queue<Throwable> errors = new ConcurrentLinkedQueue<>();
    private final List<ThreadOwner> owners = new ArrayList<>();
    private final List<ExecutorService> threads = new ArrayList<>();
    private final DeliveryChecker checker = new DeliveryChecker();
    private volatile boolean over;

    @AfterEach
    void endThreads() {
        owners.forEach(ThreadOwner::close);
        threads.forEach(ExecutorService::shutdownNow);
    }

    @Test
    void losesNothingWhileLinksBreak() {
        run(builder(), 1);
    }

    @Test
    void losesNothingWithAnInterceptorOnWorkerLanes() {
        run(builder().interceptor((sender, message) -> Verdict.pass()), 2);
    }

    private ImNode.Builder builder() {
        return ImNode.builder()
                .allowAnyone()
                .noRateLimits()
                .messageStore(new InMemoryMessageStore(100_000, 1 << 30, 1 << 30))
                .limits(ServerLimits.builder()
                        .sessionBytes(32 * 1024)
                        .loopPairBytes(64 * 1024)
                        .laneTasks(64)
                        .catchUpMessages(16)
                        .build());
    }

    private void run(ImNode.Builder builder, long seed) {
        for (int i = 0; i < 3; i++) {
            owners.add(new ThreadOwner(i, errors::add));
        }
        ImNode node = builder.build();
        node.start();
        List<Talker> talkers = new ArrayList<>();
        for (int i = 0; i < USERS; i++) {
            ExecutorService thread = Executors.newSingleThreadExecutor();
            threads.add(thread);
            talkers.add(new Talker(node, i, seed, thread));
        }
        talkers.forEach(Talker::begin);

        await().atMost(Duration.ofSeconds(60)).until(() -> talkers.stream().allMatch(Talker::isDone));
        await().atMost(Duration.ofSeconds(30)).until(checker::allAcknowledgedReceived);

        over = true;
        node.close();
        assertThat(errors).isEmpty();
        DeliveryReport report = checker.checkEverySent();
        report.requireClean();
        assertThat(report.acknowledged()).isEqualTo((long) USERS * MESSAGES);
        assertThat(node.holdings().sessions()).isZero();
        assertThat(node.holdings().connections()).isZero();
        assertThat(node.holdings().mailboxes()).isZero();
        await().until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("hongyan-") && thread.isAlive()));
    }

    /** A user who sends in bursts, keeps a window, and loses its link now and then. Confined to its client's thread. */
    private final class Talker {
        private final ImNode node;
        private final int number;
        private final SplittableRandom random;
        private final TestClient client;
        private final List<String> recipients = new ArrayList<>(MESSAGES);
        private volatile boolean done;

        Talker(ImNode node, int number, long seed, ExecutorService thread) {
            this.node = node;
            this.number = number;
            this.random = new SplittableRandom(seed * 1000 + number);
            this.client = new TestClient("u" + number, "d", number + 1, thread)
                    .onMessage((receiver, message) -> checker.received(
                            name(message.from()),
                            receiver.user(),
                            "CHAT",
                            message.id().counter()))
                    .onResult(this::answered)
                    .onClosed(this::closed);
        }

        void begin() {
            client.run(() -> {
                comeBack();
                talk();
            });
        }

        boolean isDone() {
            return done;
        }

        private void comeBack() {
            client.comeBack(node, owners.get(random.nextInt(owners.size())), random.nextBoolean());
        }

        private void talk() {
            while (recipients.size() < MESSAGES && client.unanswered().size() < 200) {
                String to = "u" + random.nextInt(USERS);
                checker.sent(client.user(), to, "CHAT", client.nextCounter());
                Message message =
                        Message.of(new MessageId(1, 1), Address.user(to), Payload.of(new byte[random.nextInt(400)]));
                client.message(message.withLane(Lane.CHAT));
                recipients.add(to);
                if (random.nextInt(400) == 0) {
                    if (random.nextBoolean()) {
                        client.cut();
                    }
                    comeBack();
                }
            }
            done = recipients.size() == MESSAGES && client.unanswered().isEmpty();
        }

        private void answered(long counter, ReasonCode code) {
            if (code == ReasonCode.OK) {
                checker.acknowledged(client.user(), recipients.get((int) counter - 1), "CHAT", counter);
            } else {
                errors.add(new AssertionError(name(Address.user("u" + number)) + " " + counter + " refused: " + code));
            }
            client.run(this::talk);
        }

        /** A login of an older link may come after this one's, and replace it: also when all is sent and not all heard. */
        private void closed() {
            if (!over) {
                comeBack();
            }
        }

        private String name(Address address) {
            return address.toString();
        }
    }
}
