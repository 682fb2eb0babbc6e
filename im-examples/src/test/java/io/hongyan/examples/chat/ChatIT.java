// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.chat;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.examples.HongyanProcess;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(180)
@Tag("once")
class ChatIT {

    private static final Map<String, String> POSIX = Map.of("LC_ALL", "C", "LANG", "C");

    @TempDir
    @Nullable
    Path directory;

    @ParameterizedTest
    @CsvSource({"tcp, tcp", "udp, udp", "tcp, udp", "udp, tcp"})
    void twoPeopleTalk(String aliceTransport, String bobTransport) {
        try (HongyanProcess server = HongyanProcess.server();
                HongyanProcess bob = chat(server, bobTransport, "bob", "--exit-after", "2");
                HongyanProcess alice = chat(server, aliceTransport, "alice", "--exit-after", "1")) {
            bob.awaitErr("online");
            alice.type("@bob hi", "how are you?").endInput();
            bob.awaitOut("how are you?");
            // A plain line goes to the last one heard.
            bob.type("fine").endInput();

            assertThat(alice.awaitExit()).isZero();
            assertThat(bob.awaitExit()).isZero();
            assertThat(bob.out()).containsExactly("alice: hi", "alice: how are you?");
            assertThat(alice.out()).containsExactly("bob: fine");
        }
    }

    @Test
    void textSurvivesAPosixLocale() throws IOException {
        String text = "你好，鸿雁 👩‍👩‍👧 \\n C:\\new\u001b[2J\u2028end";
        try (HongyanProcess server = HongyanProcess.server("--token", "口令");
                HongyanProcess bob = HongyanProcess.start(
                        POSIX,
                        HongyanProcess.nullDevice(),
                        args(server, "udp", "小明", "--exit-after", "1", "--timeout", "50", "--token", "口令"))) {
            bob.awaitErr("online");
            Redirect input = HongyanProcess.inputOf(directory.resolve("input"), "@小明 " + text + "\n");
            try (HongyanProcess alice =
                    HongyanProcess.start(POSIX, input, args(server, "tcp", "爱丽丝", "--token", "口令"))) {
                assertThat(alice.awaitExit()).isZero();
                assertThat(bob.awaitExit()).isZero();
                assertThat(bob.out()).containsExactly("爱丽丝: 你好，鸿雁 👩‍👩‍👧 \\n C:\\new\\u001b[2J\\u2028end");
            }
        }
    }

    @Test
    void thousandsOfPipedLinesArriveInOrder() throws IOException {
        List<String> lines =
                IntStream.range(0, 5_000).mapToObj(i -> "line " + i).toList();
        try (HongyanProcess server = HongyanProcess.server("--no-rate-limits");
                HongyanProcess bob = chat(server, "udp", "bob", "--exit-after", "5000")) {
            bob.endInput().awaitErr("online");
            Redirect input = HongyanProcess.inputOf(directory.resolve("input"), String.join("\n\n", lines));
            try (HongyanProcess alice =
                    HongyanProcess.start(Map.of(), input, args(server, "tcp", "alice", "--to", "bob"))) {
                assertThat(alice.awaitExit()).isZero();
                assertThat(bob.awaitExit()).isZero();
                assertThat(bob.out())
                        .isEqualTo(lines.stream().map(line -> "alice: " + line).toList());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"tcp, udp", "udp, tcp"})
    void largeAndSmallLinesArriveInOrder(String aliceTransport, String bobTransport) throws IOException {
        List<String> lines = IntStream.range(0, 400)
                .mapToObj(i -> i + " " + "x".repeat(i % 40 == 3 ? 200_000 : i % 2 * 6_000))
                .map(String::strip)
                .toList();
        try (HongyanProcess server = HongyanProcess.server("--no-rate-limits");
                HongyanProcess bob = chat(server, bobTransport, "bob", "--exit-after", "400")) {
            bob.endInput().awaitErr("online");
            Redirect input = HongyanProcess.inputOf(directory.resolve("input"), String.join("\n", lines));
            try (HongyanProcess alice =
                    HongyanProcess.start(Map.of(), input, args(server, aliceTransport, "alice", "--to", "bob"))) {
                assertThat(alice.awaitExit()).isZero();
                assertThat(bob.awaitExit()).isZero();
                assertThat(bob.out())
                        .isEqualTo(lines.stream().map(line -> "alice: " + line).toList());
            }
        }
    }

    @Test
    void givesUpOnAFullInboxAndNamesWhatIsMissing() throws IOException {
        String line = "x".repeat(6_000) + "\n";
        try (HongyanProcess server = HongyanProcess.server("--no-rate-limits")) {
            Redirect input = HongyanProcess.inputOf(directory.resolve("input"), line.repeat(2_000));
            try (HongyanProcess alice = HongyanProcess.start(
                    Map.of(), input, args(server, "tcp", "alice", "--to", "gone", "--timeout", "6"))) {
                assertThat(alice.awaitExit()).isEqualTo(1);
                assertThat(alice.awaitErr("Not confirmed")).contains("lines 1-");
                assertThat(alice.awaitErr("Not read")).contains("whatever follows line");
            }
        }
    }

    @Test
    void timeCountsFromWhenALineWaits() {
        try (HongyanProcess server = HongyanProcess.server();
                HongyanProcess bob = chat(server, "tcp", "bob", "--exit-after", "1");
                HongyanProcess alice = chat(server, "tcp", "alice", "--to", "bob", "--timeout", "1")) {
            bob.endInput().awaitErr("online");
            alice.awaitErr("online");
            Awaitility.await().pollDelay(Duration.ofSeconds(2)).until(() -> true);
            alice.type("still there?");
            bob.awaitOut("still there?");
            alice.endInput();
            assertThat(alice.awaitExit()).isZero();
        }
    }

    @Test
    void heedsTheServersLimitsWithoutLosingOrderOrLines() throws IOException {
        List<String> lines = IntStream.range(0, 300).mapToObj(Integer::toString).toList();
        try (HongyanProcess server = HongyanProcess.server();
                HongyanProcess bob = chat(server, "tcp", "bob", "--exit-after", "300")) {
            bob.endInput().awaitErr("online");
            Redirect input = HongyanProcess.inputOf(directory.resolve("input"), String.join("\n", lines));
            try (HongyanProcess alice =
                    HongyanProcess.start(Map.of(), input, args(server, "tcp", "alice", "--to", "bob"))) {
                assertThat(alice.awaitExit()).isZero();
                assertThat(bob.awaitExit()).isZero();
                assertThat(bob.out())
                        .isEqualTo(lines.stream().map(line -> "alice: " + line).toList());
            }
        }
    }

    @Test
    void keptForOneWhoIsAwayUntilHeComesBack() {
        try (HongyanProcess server = HongyanProcess.server();
                HongyanProcess alice = chat(server, "tcp", "alice", "--to", "bob")) {
            alice.awaitErr("online");
            alice.type("one", "two", "three").endInput();
            try (HongyanProcess bob = chat(server, "udp", "bob", "--exit-after", "3")) {
                bob.endInput();
                assertThat(bob.awaitExit()).isZero();
                assertThat(bob.out()).containsExactly("alice: one", "alice: two", "alice: three");
            }
            assertThat(alice.awaitExit()).isZero();
        }
    }

    @Test
    void saysWhichLinesNobodyConfirmed() {
        try (HongyanProcess server = HongyanProcess.server();
                HongyanProcess alice = chat(server, "tcp", "alice", "--to", "nobody", "--timeout", "1")) {
            alice.type("one", "", "three").endInput();

            assertThat(alice.awaitExit()).isEqualTo(1);
            alice.awaitErr("lines 1, 3");
        }
    }

    @Test
    void saysWhichLinesAreTooLargeOrNoTextAndSendsTheOthers() throws IOException {
        String large = "x".repeat(2_000);
        try (HongyanProcess server = HongyanProcess.server("--max-message", "1024");
                HongyanProcess bob = chat(server, "tcp", "bob", "--exit-after", "2")) {
            bob.endInput().awaitErr("online");
            Redirect input = HongyanProcess.inputOf(directory.resolve("input"), "one\n" + large + "\nthree\n");
            try (HongyanProcess alice =
                    HongyanProcess.start(Map.of(), input, args(server, "tcp", "alice", "--to", "bob"))) {
                assertThat(alice.awaitExit()).isEqualTo(1);
                assertThat(alice.awaitErr("too large")).contains("line 2");
            }
            assertThat(bob.awaitExit()).isZero();
            assertThat(bob.out()).containsExactly("alice: one", "alice: three");
        }
    }

    @Test
    void missingMessagesEndItWithOne() {
        try (HongyanProcess server = HongyanProcess.server();
                HongyanProcess bob = chat(server, "tcp", "bob", "--exit-after", "2", "--timeout", "1")) {
            bob.endInput();

            assertThat(bob.awaitExit()).isEqualTo(1);
            bob.awaitErr("0 of 2");
        }
    }

    @Test
    void plainLineForNobodyEndsItWithTwo() {
        try (HongyanProcess server = HongyanProcess.server();
                HongyanProcess alice = chat(server, "tcp", "alice")) {
            alice.type("hello?");

            assertThat(alice.awaitExit()).isEqualTo(2);
            alice.awaitErr("Line 1 has nobody to go to");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "--server tcp://127.0.0.1:1 --user alice, No login",
        "--server udp://no.such.host.invalid:7901 --user alice, No login",
        "--server ws://127.0.0.1:7901 --user alice, WebSocket",
        "--server 127.0.0.1:7901 --user alice, 127.0.0.1:7901",
        "--server tcp://127.0.0.1:7901, --user",
        "--user alice, --server",
        "'--server , --user alice', --server",
        "--server tcp://127.0.0.1:7901 --user @alice, name",
        "--server tcp://127.0.0.1:7901 --user alice --exit-after 0, --exit-after"
    })
    void wrongCommandLineOrNoServerEndsItWithTwo(String arguments, String named) {
        try (HongyanProcess alice = HongyanProcess.start(("chat " + arguments).split(" "))) {
            assertThat(alice.awaitExit()).isEqualTo(2);
            assertThat(alice.out()).isEmpty();
            assertThat(String.join("\n", alice.err())).contains(named);
        }
    }

    @ParameterizedTest
    @CsvSource({"tcp", "udp"})
    void wrongTokenEndsItWithTwo(String transport) {
        try (HongyanProcess server = HongyanProcess.server("--token", "right");
                HongyanProcess alice = chat(server, transport, "alice", "--token", "wrong")) {
            assertThat(alice.awaitExit()).isEqualTo(2);
            assertThat(alice.out()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"tcp", "udp"})
    void nothingUnconfirmedIsLostWhenTheServerIsKilled(String transport) {
        try (HongyanProcess first = HongyanProcess.server("--no-rate-limits")) {
            int port = first.port(transport);
            try (HongyanProcess bob = chat(first, transport, "bob", "--exit-after", "40");
                    HongyanProcess alice = chat(first, transport, "alice", "--to", "bob")) {
                bob.endInput().awaitErr("online");
                alice.awaitErr("online");
                alice.type(lines(0, 20));
                bob.awaitOut("line 5");
                first.signal("KILL");
                first.awaitExit();
                alice.type(lines(20, 40)).endInput();
                try (HongyanProcess second =
                        HongyanProcess.start("server", "--" + transport, Integer.toString(port), "--no-rate-limits")) {
                    second.awaitOut("READY");
                    assertThat(alice.awaitExit()).isZero();
                    assertThat(bob.awaitExit()).isZero();
                    assertThat(bob.out()).containsExactlyInAnyOrder(heard(0, 40));
                }
            }
        }
    }

    @Test
    void refusedLoginOnTheWayBackEndsItWithTwo() {
        try (HongyanProcess first = HongyanProcess.server("--token", "old");
                HongyanProcess bob = chat(first, "tcp", "bob", "--token", "old")) {
            bob.awaitErr("online");
            String port = Integer.toString(first.port("tcp"));
            first.signal("KILL");
            first.awaitExit();
            try (HongyanProcess second =
                    HongyanProcess.start("server", "--tcp", port, "--token", "new", "--host", "127.0.0.1")) {
                second.awaitOut("READY");
                assertThat(bob.awaitExit()).isEqualTo(2);
                bob.awaitErr("login refused");
            }
        }
    }

    @Test
    void firstServerThatAnswersIsUsed() {
        try (HongyanProcess server = HongyanProcess.server();
                HongyanProcess alice = HongyanProcess.start(
                        "chat", "--server", "tcp://127.0.0.1:1", "--server", server.url("udp"), "--user", "alice")) {
            assertThat(alice.awaitErr("online")).contains("udp://");
            assertThat(alice.endInput().awaitExit()).isZero();
        }
    }

    @Test
    void listenerWithoutInputLeavesOnASignalAndConfirmsWhatItShowed() {
        try (HongyanProcess server = HongyanProcess.server();
                HongyanProcess bob =
                        HongyanProcess.start(Map.of(), HongyanProcess.nullDevice(), args(server, "tcp", "bob"));
                HongyanProcess alice = chat(server, "tcp", "alice", "--to", "bob")) {
            bob.awaitErr("online");
            alice.type("hi").endInput();
            assertThat(alice.awaitExit()).isZero();
            bob.signal("TERM");
            assertThat(bob.awaitExit()).isZero();
            assertThat(bob.out()).containsExactly("alice: hi");
        }
    }

    @Test
    void saysQuietlyWhetherThePeerIsThere() {
        try (HongyanProcess server = HongyanProcess.server();
                HongyanProcess bob = HongyanProcess.start(
                        Map.of(),
                        HongyanProcess.nullDevice(),
                        args(server, "tcp", "bob", "--to", "alice", "--exit-after", "1", "--timeout", "50"))) {
            bob.awaitErr("alice is offline");
            try (HongyanProcess alice = chat(server, "udp", "alice", "--to", "bob")) {
                bob.awaitErr("alice is online");
                alice.type("hi").endInput();
                assertThat(alice.awaitExit()).isZero();
            }
            assertThat(bob.awaitExit()).isZero();
            assertThat(bob.out()).containsExactly("alice: hi");
        }
    }

    private static String[] lines(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "line " + i).toArray(String[]::new);
    }

    private static String[] heard(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "alice: line " + i).toArray(String[]::new);
    }

    private static HongyanProcess chat(HongyanProcess server, String transport, String user, String... more) {
        return HongyanProcess.start(args(server, transport, user, more));
    }

    private static String[] args(HongyanProcess server, String transport, String user, String... more) {
        String[] args = new String[more.length + 5];
        args[0] = "chat";
        args[1] = "--server";
        args[2] = server.url(transport);
        args[3] = "--user";
        args[4] = user;
        System.arraycopy(more, 0, args, 5, more.length);
        return args;
    }
}
