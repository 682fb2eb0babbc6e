// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.examples.HongyanProcess;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A server with a directory that is killed ({@code kill -9}) at random instants while people talk, and started again.
 * {@code -Dhongyan.kills=N} kills it more often, {@code -Dhongyan.seed=N} plays a printed one again.
 */
@Timeout(600)
@Tag("once")
class KilledServerIT {
    private static final int KILLS = Integer.getInteger("hongyan.kills", 10);
    private static final int LINES = 500 * KILLS;
    private static final long SEED = Long.getLong("hongyan.seed", System.nanoTime());

    @TempDir
    @Nullable
    Path directory;

    /** What was accepted before the kill is there after it, once and in its place; the clients heal by themselves. */
    @Test
    void losesDoublesAndReordersNothingWhenItIsKilledAgainAndAgain() throws IOException {
        System.out.println("kills " + KILLS + ", seed " + SEED);
        SplittableRandom random = new SplittableRandom(SEED);
        List<String> lines =
                IntStream.range(0, LINES).mapToObj(i -> "line " + i).toList();
        List<HongyanProcess> servers = new ArrayList<>();
        servers.add(start(0, 0));
        int tcp = servers.get(0).port("tcp");
        int udp = servers.get(0).port("udp");
        Redirect input = HongyanProcess.inputOf(directory.resolve("input"), String.join("\n", lines));
        try (HongyanProcess bob = chat(HongyanProcess.nullDevice(), "udp", udp, "bob", "--exit-after", "" + LINES)) {
            bob.awaitErr("online");
            try (HongyanProcess alice = chat(input, "tcp", tcp, "alice", "--to", "bob")) {
                for (int kill = 0; kill < KILLS; kill++) {
                    int shown = bob.out().size();
                    HongyanProcess server = servers.get(kill);
                    Awaitility.await()
                            .atMost(Duration.ofSeconds(60))
                            .until(() -> bob.out().size() > shown || !alice.isAlive());
                    Awaitility.await()
                            .pollDelay(Duration.ofMillis(random.nextInt(300)))
                            .until(() -> true);
                    server.signal("KILL");
                    assertThat(server.awaitExit()).isNotZero();
                    servers.add(start(tcp, udp));
                }
                assertThat(alice.awaitExit())
                        .as("seed %d: %s", SEED, alice.err())
                        .isZero();
                assertThat(bob.awaitExit()).as("seed %d: %s", SEED, bob.err()).isZero();
                assertThat(bob.out())
                        .as("seed %d", SEED)
                        .isEqualTo(lines.stream().map(line -> "alice: " + line).toList());
            }
        } finally {
            servers.forEach(HongyanProcess::close);
        }
    }

    /** Who was away while the server was killed has it all, on each of his devices. */
    @Test
    void keepsWhatWasSentToWhoIsAway() {
        try (HongyanProcess first = start(0, 0)) {
            try (HongyanProcess bob = chat(first, "bob", "phone");
                    HongyanProcess laptop = chat(first, "bob", "laptop")) {
                bob.awaitErr("online");
                laptop.awaitErr("online");
            }
            try (HongyanProcess alice = chat(first, "alice", "phone", "--to", "bob", "--timeout", "3")) {
                alice.awaitErr("online");
                alice.type("one", "two", "three").endInput();
                assertThat(alice.awaitExit())
                        .as("nobody is there to confirm it")
                        .isEqualTo(1);
            }
            first.signal("KILL");
            assertThat(first.awaitExit()).isNotZero();
        }
        try (HongyanProcess second = start(0, 0)) {
            for (String device : List.of("phone", "laptop")) {
                try (HongyanProcess bob = chat(second, "bob", device, "--exit-after", "3")) {
                    bob.endInput();
                    assertThat(bob.awaitExit()).isZero();
                    assertThat(bob.out()).containsExactly("alice: one", "alice: two", "alice: three");
                }
            }
            try (HongyanProcess bob = chat(second, "bob", "phone", "--exit-after", "1", "--timeout", "2")) {
                bob.endInput();
                assertThat(bob.awaitExit()).as("there is nothing new").isEqualTo(1);
                assertThat(bob.out()).isEmpty();
            }
        }
    }

    @Test
    void aDirectoryIsOfOneServer() {
        try (HongyanProcess first = start(0, 0);
                HongyanProcess second = HongyanProcess.start(
                        "server",
                        "--tcp",
                        "0",
                        "--data",
                        directory.resolve("data").toString())) {
            assertThat(first.isAlive()).isTrue();
            assertThat(second.awaitExit()).isEqualTo(3);
            assertThat(second.awaitErr("No storage")).contains("another");
        }
    }

    private HongyanProcess start(int tcp, int udp) {
        HongyanProcess server = HongyanProcess.start(
                "server",
                "--tcp",
                Integer.toString(tcp),
                "--udp",
                Integer.toString(udp),
                "--data",
                directory.resolve("data").toString(),
                "--no-rate-limits");
        server.awaitOut("READY");
        return server;
    }

    private static HongyanProcess chat(Redirect input, String transport, int port, String user, String... more) {
        List<String> arguments = new ArrayList<>(
                List.of("chat", "--server", transport + "://127.0.0.1:" + port, "--user", user, "--timeout", "300"));
        arguments.addAll(List.of(more));
        return HongyanProcess.start(Map.of(), input, arguments.toArray(new String[0]));
    }

    private static HongyanProcess chat(HongyanProcess server, String user, String device, String... more) {
        List<String> arguments =
                new ArrayList<>(List.of("chat", "--server", server.url("tcp"), "--user", user, "--device", device));
        arguments.addAll(List.of(more));
        return HongyanProcess.start(arguments.toArray(new String[0]));
    }
}
