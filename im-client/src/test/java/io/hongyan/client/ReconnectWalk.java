// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.core.limit.TokenBucket;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.CounterRanges;
import io.hongyan.protocol.packet.Delivered;
import io.hongyan.protocol.packet.DuplicateWindow;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.Payload;
import io.hongyan.protocol.packet.SendResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;

/**
 * A client, and a server that remembers as the real one does, through a seeded walk of sends, answers lost with their
 * link, and links lost. At the end every message must have been taken once, in order, and every receipt told once.
 *
 * <p>A strict server limits the rate besides, and may begin anew when the link is lost: then a message may be told as
 * throttled, and what each server took must be in order, without doubles.
 */
final class ReconnectWalk {

    private final SplittableRandom random;
    private final Scene scene = Scene.online();
    private final boolean strict;
    private DuplicateWindow server = new DuplicateWindow();
    private TokenBucket bucket = new TokenBucket(50, 200, scene.loop.nanoTime());
    private final TreeSet<Long> refused = new TreeSet<>();
    private final List<Long> taken = new ArrayList<>();
    private final Set<Long> everTaken = new HashSet<>();
    private final TreeSet<Long> unanswered = new TreeSet<>();
    private final TreeSet<Long> undelivered = new TreeSet<>();
    private int read;
    private int posted;

    private ReconnectWalk(long seed, boolean strict) {
        this.random = new SplittableRandom(seed);
        this.strict = strict;
    }

    static void run(long seed, boolean strict) {
        try {
            new ReconnectWalk(seed, strict).walk();
        } catch (AssertionError e) {
            throw new AssertionError("ReconnectWalk.run(" + seed + "L, " + strict + ")", e);
        }
    }

    private void walk() {
        for (int step = 0; step < 60; step++) {
            switch (random.nextInt(5)) {
                case 0, 1 -> post(1 + random.nextInt(400));
                case 2 -> {
                    serve(random.nextInt(600));
                    answer();
                }
                case 3 -> deliver();
                default -> loseLink();
            }
            if (strict) {
                // It reads what is under way in less time than it stays strict.
                serve(Integer.MAX_VALUE);
                answer();
                scene.advance(Duration.ofMillis(random.nextInt(300)));
            }
        }
        for (int quiet = 0; quiet < 4; quiet++) {
            scene.advance(Duration.ofMillis(500));
            if (read < scene.link().sent(Message.class).size()) {
                quiet = 0;
            }
            serve(Integer.MAX_VALUE);
            answer();
            deliver();
        }
        assertThat(taken).doesNotHaveDuplicates().isSorted();
        Set<Long> told = new HashSet<>(toldOnce("ACCEPTED"));
        told.addAll(toldOnce("DELIVERED"));
        Set<Long> throttled = new HashSet<>(toldOnce("THROTTLED"));
        if (!strict) {
            assertThat(taken).hasSize(posted);
            assertThat(throttled).isEmpty();
        }
        throttled.addAll(told);
        assertThat(throttled).hasSize(posted);
    }

    private void post(int count) {
        for (int i = 0; i < count; i++) {
            ReceiptLevel level = random.nextBoolean() ? ReceiptLevel.ACCEPTED : ReceiptLevel.DELIVERED;
            if (scene.client.post(
                            Address.user("bob"),
                            Payload.text("m"),
                            SendOptions.text().awaiting(level))
                    > 0) {
                posted++;
            }
        }
        scene.loop.run();
    }

    /** The server reads some of what was sent. */
    private void serve(int most) {
        List<Message> sent = scene.link().sent(Message.class);
        int end = (int) Math.min(sent.size(), (long) read + most);
        for (Message message : sent.subList(read, end)) {
            long counter = message.id().counter();
            if (strict && !bucket.take(scene.loop.nanoTime()) && !everTaken.contains(counter)) {
                refused.add(counter);
                continue;
            }
            DuplicateWindow.Verdict verdict = server.markSeen(counter);
            assertThat(verdict == DuplicateWindow.Verdict.TOO_OLD && !everTaken.contains(counter))
                    .as("%s looks too old and was never taken", counter)
                    .isFalse();
            if (verdict == DuplicateWindow.Verdict.NEW) {
                taken.add(counter);
                everTaken.add(counter);
            }
            unanswered.add(counter);
            undelivered.add(counter);
        }
        read = end;
    }

    private void answer() {
        CounterRanges.Builder throttled = new CounterRanges.Builder();
        refused.removeIf(throttled::add);
        if (!throttled.isEmpty()) {
            scene.refuse(ReasonCode.THROTTLED, throttled.build());
        }
        CounterRanges.Builder ranges = new CounterRanges.Builder();
        unanswered.removeIf(ranges::add);
        if (!ranges.isEmpty()) {
            scene.link().receive(new SendResult(scene.client.instance(), ReasonCode.OK, ranges.build()));
        }
    }

    private void deliver() {
        CounterRanges.Builder ranges = new CounterRanges.Builder();
        undelivered.removeIf(counter -> !unanswered.contains(counter) && random.nextBoolean() && ranges.add(counter));
        if (!ranges.isEmpty()) {
            scene.link().receive(new Delivered(scene.client.instance(), ranges.build()));
        }
    }

    /** What the server read and did not answer is answered when it comes again. */
    private void loseLink() {
        serve(random.nextInt(100));
        unanswered.clear();
        refused.clear();
        scene.comeBack();
        scene.advance(Duration.ofSeconds(1));
        read = 0;
        if (strict) {
            bucket = new TokenBucket(50, 200, scene.loop.nanoTime());
            if (random.nextInt(3) == 0) {
                assertThat(taken).doesNotHaveDuplicates().isSorted();
                taken.clear();
                everTaken.clear();
                undelivered.clear();
                server = new DuplicateWindow();
            }
        }
        scene.login();
    }

    private List<Long> toldOnce(String level) {
        List<Long> told = new ArrayList<>();
        for (String receipt : scene.receipts) {
            if (receipt.startsWith(level + " ")) {
                String[] range = receipt.substring(level.length() + 1).split("-");
                for (long counter = Long.parseLong(range[0]); counter <= Long.parseLong(range[1]); counter++) {
                    told.add(counter);
                }
            }
        }
        assertThat(told).doesNotHaveDuplicates();
        return told;
    }
}
