// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.examples.HongyanProcess;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(180)
@Tag("once")
class LoadIT {

    @ParameterizedTest
    @CsvSource({"tcp, tcp", "udp, udp", "tcp, udp"})
    void closedLoopLosesNothing(String senders, String receivers) {
        try (HongyanProcess server = HongyanProcess.server("--no-rate-limits");
                HongyanProcess load = load(
                        server.url(senders),
                        "--receivers",
                        server.url(receivers),
                        "--pairs",
                        "5",
                        "--size",
                        "100",
                        "--window",
                        "8",
                        "--server-pid",
                        Long.toString(server.pid()))) {
            assertThat(load.awaitExit()).as("%s", load.err()).isZero();
            String result = result(load);

            assertThat(number(result, "sent")).isGreaterThan(100);
            assertThat(number(result, "lost")).isZero();
            assertThat(number(result, "duplicated")).isZero();
            assertThat(number(result, "out_of_order")).isZero();
            assertThat(number(result, "delivered")).isEqualTo(number(result, "sent"));
            assertThat(number(result, "sessions")).isEqualTo(10);
            assertThat(number(result, "p50_ms")).isPositive();
            assertThat(number(result, "p999_ms")).isLessThanOrEqualTo(number(result, "max_ms"));
            assertThat(number(result, "receipt_p50_ms")).isPositive();
            assertThat(number(result, "server_cpu_us_per_msg")).isPositive();
        }
    }

    @Test
    void openLoopSendsWhatIsDue() {
        try (HongyanProcess server = HongyanProcess.server("--no-rate-limits");
                HongyanProcess load = load(
                        server.url("tcp"),
                        "--pairs",
                        "3",
                        "--size",
                        "8",
                        "--rate",
                        "500",
                        "--await",
                        "accepted",
                        "--executor",
                        "lanes")) {
            assertThat(load.awaitExit()).as("%s", load.err()).isZero();
            String result = result(load);

            assertThat(number(result, "sent")).isBetween(999.0, 1001.0);
            assertThat(number(result, "lost")).isZero();
            assertThat(result).contains("\"await\":\"accepted\"", "\"server_cpu_share\":null");
        }
    }

    @ParameterizedTest
    @CsvSource({"tcp", "udp"})
    void ephemeralMessagesHaveNoReceipts(String transport) {
        try (HongyanProcess server = HongyanProcess.server("--no-rate-limits");
                HongyanProcess load = load(
                        server.url(transport),
                        "--pairs",
                        "2",
                        "--size",
                        "50",
                        "--window",
                        "4",
                        "--mode",
                        "ephemeral")) {
            assertThat(load.awaitExit()).as("%s", load.err()).isZero();
            String result = result(load);

            assertThat(number(result, "delivered")).isGreaterThan(100);
            assertThat(result).contains("\"mode\":\"ephemeral\"", "\"receipt_p50_ms\":null");
        }
    }

    @ParameterizedTest
    @CsvSource({"tcp", "udp"})
    void holdsIdleSessions(String transport) {
        try (HongyanProcess server = HongyanProcess.server("--no-rate-limits");
                HongyanProcess load = HongyanProcess.start(
                        "load",
                        "--server",
                        server.url(transport),
                        "--idle",
                        "200",
                        "--seconds",
                        "0.5",
                        "--server-pid",
                        Long.toString(server.pid()))) {
            assertThat(load.awaitExit()).as("%s", load.err()).isZero();

            assertThat(load.out()).hasSize(2).startsWith("IDLE {\"sessions\":200}");
            assertThat(number(result(load), "sessions")).isEqualTo(200);
            assertThat(number(result(load), "server_cpu_share")).isNotNegative();
        }
    }

    @ParameterizedTest
    @CsvSource({"tcp", "udp"})
    void sessionsMoveToAnotherServerWhenTheirsIsDrained(String transport) {
        try (HongyanProcess second = HongyanProcess.server("--no-rate-limits");
                HongyanProcess first = HongyanProcess.server(
                        "--no-rate-limits",
                        "--drain-seconds",
                        "30",
                        "--drain-window",
                        "2",
                        "--drain-to",
                        "tcp://127.0.0.1:1," + second.url(transport));
                HongyanProcess load = HongyanProcess.start(
                        "load", "--server", first.url(transport), "--idle", "200", "--reconnect", "--seconds", "60")) {
            load.awaitOut("IDLE");
            first.signal("TERM");
            assertThat(load.awaitExit()).as("%s", load.err()).isZero();
            String back = load.out().get(1);
            assertThat(back).startsWith("BACK {").contains("\"back_per_s\":[");
            assertThat(number(back, "sessions")).isEqualTo(200);
            assertThat(number(result(load), "sessions")).isEqualTo(200);
            assertThat(first.awaitExit()).isZero();
        }
    }

    @Test
    void nothingIsLostWhenTheServerIsDrainedUnderLoad() {
        try (HongyanProcess second = HongyanProcess.server("--no-rate-limits");
                HongyanProcess first = HongyanProcess.server(
                        "--no-rate-limits",
                        "--drain-seconds",
                        "30",
                        "--drain-window",
                        "2",
                        "--drain-to",
                        second.url("tcp"));
                HongyanProcess load = HongyanProcess.start(
                        "load",
                        "--server",
                        first.url("tcp"),
                        "--pairs",
                        "10",
                        "--size",
                        "50",
                        "--rate",
                        "200",
                        "--warmup",
                        "2",
                        "--seconds",
                        "6")) {
            load.awaitErr("sessions are logged in");
            first.signal("TERM");
            assertThat(load.awaitExit()).as("%s %s", load.out(), load.err()).isZero();
            assertThat(number(result(load), "lost")).isZero();
            assertThat(number(result(load), "duplicated")).isZero();
            assertThat(number(result(load), "out_of_order")).isZero();
            assertThat(first.awaitExit()).isZero();
        }
    }

    @Test
    void sessionsThatAreNotLostAreNotBack() {
        try (HongyanProcess server = HongyanProcess.server("--no-rate-limits");
                HongyanProcess load = HongyanProcess.start(
                        "load", "--server", server.url("tcp"), "--idle", "3", "--reconnect", "--seconds", "0.5")) {
            assertThat(load.awaitExit()).isEqualTo(1);
            assertThat(load.out()).anyMatch(line -> line.startsWith("BACK {\"sessions\":0,"));
        }
    }

    @Test
    void storedIsRefusedWhereNothingIsStored() {
        try (HongyanProcess server = HongyanProcess.server("--no-rate-limits");
                HongyanProcess load =
                        load(server.url("tcp"), "--pairs", "1", "--size", "50", "--window", "1", "--await", "stored")) {
            assertThat(load.awaitExit()).isEqualTo(2);
            assertThat(String.join("\n", load.err())).contains("STORED");
        }
    }

    @ParameterizedTest
    @CsvSource({"tcp, --window 2", "udp, --rate 20"})
    void moreThanTheServerTakesInOneMessageEndsItWithTwo(String transport, String pace) {
        try (HongyanProcess server = HongyanProcess.server("--no-rate-limits", "--max-message", "65536");
                HongyanProcess load = load(server.url(transport), ("--pairs 1 --size 65537 " + pace).split(" "))) {
            assertThat(load.awaitExit()).isEqualTo(2);
            assertThat(load.out()).isEmpty();
            assertThat(load.err()).hasSize(1).first().asString().contains("--size must be at most 65536");
        }
    }

    @Test
    void noServerEndsItWithThree() {
        try (HongyanProcess load = load("tcp://127.0.0.1:1", "--pairs", "1", "--size", "50", "--window", "1")) {
            assertThat(load.awaitExit()).isEqualTo(3);
            assertThat(load.out()).isEmpty();
        }
    }

    @Test
    void withoutFileDescriptorsItEndsWithThreeAndASentence() {
        try (HongyanProcess server = HongyanProcess.server("--no-rate-limits");
                HongyanProcess load = HongyanProcess.startWithOpenFiles(
                        32, "load", "--server", server.url("tcp"), "--idle", "200", "--seconds", "1")) {
            assertThat(load.awaitExit()).as("%s", load.err()).isEqualTo(3);
            assertThat(load.out()).isEmpty();
            assertThat(load.err()).hasSize(1).first().asString().contains("Too many open files");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "--pairs 1 --size 100, --rate",
        "--pairs 1 --size 100 --rate 5 --window 5, exclude",
        "--pairs 0 --size 100 --rate 5, --pairs",
        "--pairs 1 --size 7 --rate 5, --size",
        "--size 100 --rate 5, --pairs",
        "--pairs 1 --size 100 --rate 0, --rate",
        "--pairs 1 --size 100 --window 65537, --window",
        "--pairs 1 --size 1048577 --window 64, at most 63",
        "--pairs 1 --size 100 --rate 5 --mode best, --mode",
        "--pairs 1 --size 100 --rate 5 --await seen, --await",
        "--pairs 1 --size 100 --rate 5 --server-pid 999999999, 999999999",
        "--pairs 1 --size 100 --rate 5 --executor pool, --executor",
        "--idle 1 --server-pid 999999999, 999999999",
        "--pairs 1 --size 1000 --rate 5 --mode ephemeral --receivers udp://127.0.0.1:7901, --size"
    })
    void wrongCommandLineEndsItWithTwo(String arguments, String named) {
        try (HongyanProcess load = load("tcp://127.0.0.1:7901", arguments.split(" "))) {
            assertThat(load.awaitExit()).isEqualTo(2);
            assertThat(load.out()).isEmpty();
            assertThat(String.join("\n", load.err())).contains(named);
        }
    }

    private static HongyanProcess load(String server, String... more) {
        List<String> arguments =
                new ArrayList<>(List.of("load", "--server", server, "--seconds", "2", "--warmup", "0.5"));
        arguments.addAll(List.of(more));
        return HongyanProcess.start(arguments.toArray(new String[0]));
    }

    private static String result(HongyanProcess load) {
        String last = load.out().get(load.out().size() - 1);
        assertThat(last).startsWith("RESULT {").endsWith("}");
        return last;
    }

    private static double number(String result, String key) {
        Matcher matcher = Pattern.compile("\"" + key + "\":([\\d.]+)").matcher(result);
        assertThat(matcher.find()).as("%s in %s", key, result).isTrue();
        return Double.parseDouble(matcher.group(1));
    }
}
