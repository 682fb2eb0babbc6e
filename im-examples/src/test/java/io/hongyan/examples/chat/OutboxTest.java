// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.chat;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.client.ReceiptLevel;
import io.hongyan.protocol.ReasonCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
@Tag("once")
class OutboxTest {

    private final AtomicLong nowNanos = new AtomicLong();
    /** What was posted: index + 1 is the counter. */
    private final List<String> posted = new CopyOnWriteArrayList<>();

    private final List<String> fates = new ArrayList<>();
    private final Outbox outbox = new Outbox(
            (to, text) -> {
                posted.add(to + ":" + text);
                return posted.size();
            },
            nowNanos::get,
            new Outbox.Fate() {
                @Override
                public void delivered(Outgoing line) {
                    fates.add(line.line() + " delivered");
                }

                @Override
                public void failed(Outgoing line, ReasonCode code) {
                    fates.add(line.line() + " " + code);
                }

                @Override
                public void changed() {}
            });

    private final Thread poster = new Thread(() -> {
        try {
            outbox.run();
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    });

    @AfterEach
    void stop() throws InterruptedException {
        outbox.close();
        poster.interrupt();
        poster.join();
    }

    @Test
    void postsInOrderAndCountsUntilDelivered() throws InterruptedException {
        poster.start();
        put(1, "bob", "a");
        put(2, "carol", "b");
        awaitPosted(2);
        assertThat(posted).containsExactly("bob:a", "carol:b");
        assertThat(outbox.unacceptedLines()).hasToString("lines 1-2");

        outbox.reached(ReceiptLevel.ACCEPTED, 1, 2);
        assertThat(outbox.allAccepted()).isTrue();
        assertThat(outbox.undeliveredLines()).hasToString("lines 1-2");

        outbox.reached(ReceiptLevel.DELIVERED, 1, 2);
        assertThat(outbox.isEmpty()).isTrue();
        assertThat(outbox.deliveredLines()).isEqualTo(2);
        assertThat(fates).containsExactly("1 delivered", "2 delivered");
    }

    @Test
    void deliveredWithoutAcceptedIsEnough() throws InterruptedException {
        poster.start();
        put(1, "bob", "a");
        awaitPosted(1);
        outbox.reached(ReceiptLevel.DELIVERED, 1, 1);
        outbox.reached(ReceiptLevel.DELIVERED, 1, 1);

        assertThat(outbox.isEmpty()).isTrue();
        assertThat(outbox.deliveredLines()).isEqualTo(1);
    }

    @Test
    void waitsSinceTheFirstLineWithoutAReceiptNotSinceItBegan() throws InterruptedException {
        nowNanos.set(70);
        put(1, "bob", "a");
        nowNanos.set(80);
        put(2, "bob", "b");
        assertThat(outbox.waitingSinceNanos()).isEqualTo(70);

        poster.start();
        awaitPosted(2);
        nowNanos.set(90);
        outbox.reached(ReceiptLevel.ACCEPTED, 1, 1);
        assertThat(outbox.waitingSinceNanos()).isEqualTo(90);
    }

    @Test
    void namesTheLinesThatFailedForGood() throws InterruptedException {
        poster.start();
        put(1, "bob", "a");
        put(3, "bob", "b");
        put(4, "bob", "c");
        awaitPosted(3);
        outbox.failed(ReasonCode.MESSAGE_TOO_LARGE, 2, 3);

        assertThat(outbox.failedLines()).containsEntry(ReasonCode.MESSAGE_TOO_LARGE, "lines 3-4");
        assertThat(outbox.unacceptedLines()).hasToString("line 1");
    }

    @Test
    void sendsAgainInOrderAfterAllThatWasUnderWayAndNotBeforeTheServerWantsIt() throws InterruptedException {
        poster.start();
        put(1, "bob", "a");
        put(2, "bob", "b");
        put(3, "bob", "c");
        awaitPosted(3);
        outbox.failed(ReasonCode.THROTTLED, 2, 3);
        put(4, "bob", "d");
        nowNanos.addAndGet(Duration.ofMinutes(1).toNanos());
        assertThat(posted).hasSize(3);

        outbox.reached(ReceiptLevel.ACCEPTED, 1, 1);
        awaitPosted(4);
        assertThat(outbox.unacceptedLines()).hasToString("lines 2-4");
        outbox.reached(ReceiptLevel.DELIVERED, 4, 4);
        awaitPosted(5);
        outbox.reached(ReceiptLevel.DELIVERED, 5, 5);
        awaitPosted(6);
        assertThat(posted).containsExactly("bob:a", "bob:b", "bob:c", "bob:b", "bob:c", "bob:d");
    }

    @Test
    void neverSendsAnAddresseeWhoReadsMoreThanAFewHundred() throws InterruptedException {
        poster.start();
        Thread typist = new Thread(() -> {
            try {
                for (int i = 1; i <= 600; i++) {
                    put(i, "bob", "x");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        typist.start();
        awaitPosted(256);
        outbox.reached(ReceiptLevel.ACCEPTED, 1, 256);
        outbox.reached(ReceiptLevel.DELIVERED, 1, 10);
        awaitPosted(266);
        assertThat(posted).hasSize(266);

        // One who confirms nothing for a while is away, and then only the server's acceptance counts.
        outbox.reached(ReceiptLevel.ACCEPTED, 257, 266);
        nowNanos.addAndGet(Duration.ofSeconds(1).toNanos());
        for (int counter = 267; counter <= 300; counter++) {
            awaitPosted(counter);
            outbox.reached(ReceiptLevel.ACCEPTED, counter, counter);
        }
        typist.join(Duration.ofSeconds(1).toMillis());
        outbox.close();
        typist.join();
    }

    @Test
    void boundsWhatIsUnderWayToOneInBytesToo() throws InterruptedException {
        poster.start();
        String text = "x".repeat(10_000);
        for (int i = 1; i <= 20; i++) {
            put(i, "bob", text);
        }
        awaitPosted(12);
        put(21, "carol", "not held up by bob");
        awaitPosted(13);
        assertThat(posted).hasSize(13).last().isEqualTo("carol:not held up by bob");

        outbox.reached(ReceiptLevel.DELIVERED, 1, 1);
        awaitPosted(14);
        assertThat(posted).hasSize(14);
    }

    @Test
    void sendsALineInPiecesAlone() throws InterruptedException {
        poster.start();
        String large = "x".repeat(100_000);
        put(1, "bob", "a");
        put(2, "bob", large);
        put(3, "bob", "b");
        awaitPosted(1);
        outbox.reached(ReceiptLevel.ACCEPTED, 1, 1);
        put(4, "carol", "c");
        awaitPosted(2);
        assertThat(posted).containsExactly("bob:a", "carol:c");

        outbox.reached(ReceiptLevel.DELIVERED, 1, 1);
        awaitPosted(3);
        outbox.reached(ReceiptLevel.ACCEPTED, 3, 3);
        put(5, "carol", "d");
        awaitPosted(4);
        assertThat(posted).last().isEqualTo("carol:d");

        // One who is away: the server keeps the order.
        nowNanos.addAndGet(Duration.ofSeconds(2).toNanos());
        awaitPosted(5);
        assertThat(posted).containsExactly("bob:a", "carol:c", "bob:" + large, "carol:d", "bob:b");
    }

    @Test
    void goesOneByOneForAWhileAfterARefusal() throws InterruptedException {
        poster.start();
        put(1, "bob", "1");
        awaitPosted(1);
        outbox.failed(ReasonCode.BACKPRESSURED, 1, 1);
        for (int i = 2; i <= 40; i++) {
            put(i, "bob", Integer.toString(i));
        }
        nowNanos.addAndGet(Duration.ofSeconds(1).toNanos());
        for (int counter = 2; counter <= 33; counter++) {
            awaitPosted(counter);
            assertThat(posted).hasSize(counter);
            outbox.reached(ReceiptLevel.DELIVERED, counter, counter);
        }
        awaitPosted(41);
        assertThat(posted.subList(1, 41)).last().isEqualTo("bob:40");
    }

    @Test
    void onlyWhatComesThroughIsProgress() throws InterruptedException {
        poster.start();
        nowNanos.addAndGet(Duration.ofSeconds(100).toNanos());
        put(1, "bob", "a");
        long beganNanos = nowNanos.get();
        assertThat(outbox.waitingSinceNanos()).as("idle before").isEqualTo(beganNanos);
        awaitPosted(1);
        for (int counter = 1; counter <= 5; counter++) {
            nowNanos.addAndGet(Duration.ofSeconds(10).toNanos());
            awaitPosted(counter);
            outbox.failed(ReasonCode.INBOX_FULL, counter, counter);
        }
        assertThat(outbox.waitingSinceNanos()).isEqualTo(beganNanos);

        outbox.lost();
        assertThat(outbox.waitingSinceNanos())
                .isEqualTo(beganNanos + Duration.ofSeconds(50).toNanos());
        nowNanos.addAndGet(Duration.ofSeconds(10).toNanos());
        outbox.lost();
        assertThat(outbox.waitingSinceNanos())
                .as("lost again")
                .isEqualTo(beganNanos + Duration.ofSeconds(50).toNanos());
        awaitPosted(6);
        outbox.reached(ReceiptLevel.ACCEPTED, 6, 6);
        assertThat(outbox.waitingSinceNanos()).isEqualTo(nowNanos.get());
    }

    @Test
    void namesTheLineThatWaitsForRoomWhenItIsClosed() throws InterruptedException {
        Thread typist = new Thread(() -> {
            try {
                for (int i = 1; i <= 100; i++) {
                    put(i, "bob", "x");
                }
            } catch (InterruptedException closed) {
                Thread.currentThread().interrupt();
            }
        });
        typist.start();
        Awaitility.await().until(() -> outbox.unacceptedLines().size() == 65);
        outbox.close();
        typist.join();
        assertThat(outbox.unacceptedLines()).hasToString("lines 1-65");
    }

    private void put(long line, String to, String text) throws InterruptedException {
        outbox.put(new Outgoing(line, to, text));
    }

    private void awaitPosted(int messages) {
        Awaitility.await().until(() -> posted.size() >= messages);
    }
}
