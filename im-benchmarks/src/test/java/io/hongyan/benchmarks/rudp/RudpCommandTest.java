// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.rudp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class RudpCommandTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--seeds 0 | --seeds must be 1 to 1000, not 0.",
                "--messages 49 | --messages must be 50 to 100000, not 49.",
                "--parallel 51 | --parallel must be 1 to 50, not 51.",
                "--cases 0,15 | No case 15; there are 0, 5, 10, 20, bursts, jitter, bulk.",
                "--rows hongyan,sctp | No row sctp; there are hongyan, hongyan-plain, kcp,",
                "--seeds many | Invalid value for option '--seeds'",
                "--fast | Unknown option: '--fast'"
            })
    void wrongOptionsAreRefusedClearly(String options, String sentence) {
        StringWriter said = new StringWriter();
        int exitCode =
                new CommandLine(new RudpCommand()).setErr(new PrintWriter(said)).execute(options.split(" "));

        assertThat(exitCode).isEqualTo(2);
        assertThat(said.toString()).contains(sentence);
    }

    @Test
    void whereResultsCannotGoIsSaidBeforeMeasuring(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "not a directory");
        StringWriter said = new StringWriter();
        int exitCode =
                new CommandLine(new RudpCommand()).setErr(new PrintWriter(said)).execute("--out", file.toString());

        assertThat(exitCode).isEqualTo(2);
        assertThat(said.toString()).contains("cannot be a directory");
    }

    @Test
    void seedsRunInGroupsNoLargerThanAsked() {
        RudpPlan plan = new RudpPlan(5, 100, 2, 1, 1, 1);

        assertThat(plan.groups().toString()).isEqualTo("[[1, 2], [3, 4], [5]]");
    }
}
