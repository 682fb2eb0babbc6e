// SPDX-License-Identifier: Apache-2.0
package io.hongyan.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.core.store.InboxPage;
import io.hongyan.core.store.StoredMessage;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.MessageId;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills a process that writes, again and again over the same files: what it said was kept is there, once, in order, without
 * a gap. {@code -Dhongyan.kills=200} kills more often, {@code -Dhongyan.killSeed=S} runs a seed again.
 */
@Tag("once")
final class KilledStoreTest {
    private static final int KILLS = Integer.getInteger("hongyan.kills", 10);
    private static final int MOST_CONFIRMED = 1_500;

    @TempDir
    private Path directory;

    /** What one process said: by sender and counter, the place. */
    private record Said(long instance, int sender, long counter, long sequence, long position) {}

    @Test
    void whatWasConfirmedIsThereAfterAKill() throws Exception {
        long seed = Long.getLong("hongyan.killSeed", System.nanoTime());
        SplittableRandom random = new SplittableRandom(seed);
        List<Said> all = new ArrayList<>();
        for (int kill = 1; kill <= KILLS; kill++) {
            int confirmed = random.nextInt(1, MOST_CONFIRMED);
            long extraNanos = random.nextLong(2_000_000);
            String run = "kill " + kill + " after " + confirmed + " confirmed, -Dhongyan.killSeed=" + seed;
            all.addAll(writeUntilKilled(kill, confirmed, extraNanos));
            check(all, run);
        }
        System.out.println("killed " + KILLS + " times, " + all.size() + " messages confirmed, seed " + seed);
    }

    /** What the process said until it was killed, and what was still in the pipe. */
    private List<Said> writeUntilKilled(long instance, int confirmed, long extraNanos) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        StoreWriterProcess.class.getName(),
                        directory.toString(),
                        Long.toString(instance))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        List<Said> said = new ArrayList<>();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            String line = out.readLine();
            while (line != null) {
                // A line is shorter than what a pipe takes at once, so none is cut off.
                String[] words = line.split(" ");
                said.add(new Said(
                        instance,
                        Integer.parseInt(words[0]),
                        Long.parseLong(words[1]),
                        Long.parseLong(words[2]),
                        Long.parseLong(words[3])));
                if (said.size() == confirmed && process.isAlive()) {
                    long until = System.nanoTime() + extraNanos;
                    while (System.nanoTime() - until < 0) {
                        Thread.onSpinWait();
                    }
                    // Unlike the process, its handle leaves the pipe open.
                    process.toHandle().destroyForcibly();
                }
                line = out.readLine();
            }
        } finally {
            process.destroyForcibly();
            process.onExit().join();
        }
        assertThat(said.size())
                .as("messages confirmed before the process ended")
                .isGreaterThanOrEqualTo(confirmed);
        return said;
    }

    private void check(List<Said> all, String run) {
        JdbcMessageStore store = JdbcMessageStore.sqlite(directory).open();
        try {
            Map<Long, Message> inbox = new HashMap<>();
            Map<String, Long> lastSequences = new HashMap<>();
            Map<String, MessageId> lastIds = new HashMap<>();
            Set<String> ids = new HashSet<>();
            long end = 0;
            InboxPage page;
            do {
                page = store.read(Messages.BOB, end, 5_000, 10_000_000)
                        .toCompletableFuture()
                        .join();
                assertThat(page.lostThrough()).as(run).isEqualTo(end);
                for (StoredMessage stored : page.messages()) {
                    Message message = stored.message();
                    assertThat(stored.position())
                            .as("no gap in the inbox, " + run)
                            .isEqualTo(end + 1);
                    end = stored.position();
                    inbox.put(end, message);
                    String conversation = message.conversation();
                    assertThat(message.sequence())
                            .as("no gap in " + conversation + ", " + run)
                            .isEqualTo(lastSequences.getOrDefault(conversation, 0L) + 1);
                    lastSequences.put(conversation, message.sequence());
                    assertThat(ids.add(message.from() + " " + message.id()))
                            .as("no double, " + run)
                            .isTrue();
                    MessageId before = lastIds.put(conversation, message.id());
                    if (before != null && before.instance() == message.id().instance()) {
                        assertThat(message.id().counter())
                                .as("order in " + conversation + ", " + run)
                                .isEqualTo(before.counter() + 1);
                    }
                }
            } while (!page.last());
            for (Said said : all) {
                Message message = inbox.get(said.position());
                assertThat(message).as(said + " is there, " + run).isNotNull();
                assertThat(message.id()).as(run).isEqualTo(new MessageId(said.instance(), said.counter()));
                assertThat(message.sequence()).as(run).isEqualTo(said.sequence());
                assertThat(message.conversation())
                        .as(run)
                        .isEqualTo(
                                StoreWriterProcess.conversation(said.sender()).text());
            }
        } finally {
            store.close().toCompletableFuture().join();
        }
    }
}
