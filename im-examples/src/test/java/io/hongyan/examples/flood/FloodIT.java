// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.flood;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hongyan.examples.HongyanProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A server under flood goes on serving, answers strangers with less than they sent, and keeps nothing of them. */
@Timeout(240)
@Tag("once")
class FloodIT {

    private static final String TOKEN = "sesame";
    /** Limits per address meet the flood, not the people who chat. */
    private static final String ELSEWHERE = "127.0.0.2";

    @Test
    @EnabledOnOs(OS.LINUX) // where all of 127.0.0.0/8 is this machine
    void liveChatGoesOnUnderEveryFloodAndNothingIsLeft() {
        try (HongyanProcess server = HongyanProcess.server("--host", "127.0.0.1", "--token", TOKEN)) {
            List<HongyanProcess> running = new ArrayList<>();
            try {
                HongyanProcess first = load(server, "tcp", 0.5);
                assertClean(first);
                int socketsBefore = settled(server);

                HongyanProcess tcp = started(running, load(server, "tcp", 10));
                HongyanProcess udp = started(running, load(server, "udp", 10));
                tcp.awaitErr("logged in");
                udp.awaitErr("logged in");
                HongyanProcess halfOpen = started(running, flood(server, "udp", "half-open", "--count", "5000"));
                HongyanProcess noise = started(running, flood(server, "udp", "garbage", "--rate", "500"));
                HongyanProcess silent =
                        started(running, flood(server, "tcp", "silent", "--count", "500", "--seconds", "3"));
                HongyanProcess logins =
                        started(running, flood(server, "tcp", "logins", "--rate", "200", "--seconds", "2"));
                HongyanProcess overRate = started(
                        running,
                        flood(server, "tcp", "over-rate", "--rate", "1000", "--token", TOKEN, "--seconds", "8"));
                HongyanProcess streams = started(running, flood(server, "tcp", "garbage", "--rate", "50"));

                String handshakes = result(halfOpen);
                assertThat(number(handshakes, "sent")).isEqualTo(5_000);
                assertThat(number(handshakes, "datagrams_in")).isPositive();
                assertThat(number(handshakes, "bytes_in")).isLessThanOrEqualTo(number(handshakes, "bytes_out"));
                assertThat(handshakes).contains("\"refused\":{}");
                assertThat(number(result(noise), "bytes_in")).isLessThanOrEqualTo(number(result(noise), "bytes_out"));
                assertThat(number(result(silent), "sent")).isEqualTo(500);
                String refusals = result(logins);
                assertThat(number(refusals, "logged_in")).isZero();
                assertThat(number(refusals, "LOGIN_REFUSED") + number(refusals, "RATE_LIMITED"))
                        .as(refusals)
                        .isPositive();
                assertThat(number(result(overRate), "THROTTLED"))
                        .as(result(overRate))
                        .isPositive();
                assertThat(number(result(streams), "sent")).isPositive();

                assertClean(tcp);
                assertClean(udp);
                assertThat(server.isAlive()).isTrue();
                await().atMost(HongyanProcess.PATIENCE).until(() -> sockets(server) == socketsBefore);
                assertThat(server.err()).noneMatch(line -> line.contains(" ERROR ") || line.contains("OutOfMemory"));
            } finally {
                running.forEach(HongyanProcess::close);
            }
        }
    }

    @Test
    void whatIsNoFloodIsAUsageError() {
        try (HongyanProcess far =
                        HongyanProcess.start("flood", "--server", "udp://192.0.2.1:7901", "--kind", "half-open");
                HongyanProcess carrier =
                        HongyanProcess.start("flood", "--server", "tcp://127.0.0.1:9", "--kind", "half-open");
                HongyanProcess kind =
                        HongyanProcess.start("flood", "--server", "tcp://127.0.0.1:9", "--kind", "rain")) {
            assertThat(far.awaitExit()).isEqualTo(2);
            assertThat(far.awaitErr("192.0.2.1")).contains("private");
            assertThat(carrier.awaitExit()).isEqualTo(2);
            assertThat(carrier.awaitErr("udp://")).contains("half-open");
            assertThat(kind.awaitExit()).isEqualTo(2);
        }
    }

    private static HongyanProcess started(List<HongyanProcess> running, HongyanProcess process) {
        running.add(process);
        return process;
    }

    private static HongyanProcess load(HongyanProcess server, String transport, double seconds) {
        return HongyanProcess.start(("load --pairs 2 --size 50 --rate 40 --warmup 1 --token " + TOKEN + " --seconds "
                        + seconds + " --server " + server.url(transport))
                .split(" "));
    }

    private static HongyanProcess flood(HongyanProcess server, String transport, String kind, String... more) {
        List<String> arguments = new ArrayList<>(
                List.of("flood", "--server", server.url(transport), "--kind", kind, "--seconds", "5", "--from"));
        arguments.add(kind.equals("over-rate") ? "127.0.0.3" : ELSEWHERE);
        arguments.addAll(List.of(more));
        return HongyanProcess.start(arguments.toArray(new String[0]));
    }

    private static void assertClean(HongyanProcess load) {
        assertThat(load.awaitExit()).as("%s", load.err()).isZero();
        assertThat(load.awaitOut("RESULT")).contains("\"lost\":0,\"duplicated\":0,\"out_of_order\":0");
    }

    private static String result(HongyanProcess flood) {
        assertThat(flood.awaitExit()).as("%s", flood.err()).isZero();
        return flood.awaitOut("FLOOD");
    }

    private static long number(String result, String key) {
        Matcher matcher = Pattern.compile("\"" + key + "\":(\\d+)").matcher(result);
        return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
    }

    /** How many sockets the server holds when that no longer changes. */
    private static int settled(HongyanProcess server) {
        int[] last = {-1};
        await().pollInterval(Duration.ofSeconds(1))
                .atMost(HongyanProcess.PATIENCE)
                .until(() -> {
                    int now = sockets(server);
                    boolean same = now == last[0];
                    last[0] = now;
                    return same;
                });
        return last[0];
    }

    private static int sockets(HongyanProcess server) {
        int count = 0;
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/" + server.pid() + "/fd"))) {
            for (Path descriptor : descriptors.toList()) {
                count += isSocket(descriptor) ? 1 : 0;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return count;
    }

    private static boolean isSocket(Path descriptor) throws IOException {
        try {
            return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
        } catch (NoSuchFileException closedMeanwhile) {
            return false;
        }
    }
}
