// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

class OptionSourcesTest {

    @TempDir
    @Nullable
    Path directory;

    @Test
    void commandLineGoesBeforeEnvironmentBeforeFileBeforeDefault() throws IOException {
        String file = file("user-name=file\nport=1\nquiet=true\n");
        Map<String, String> environment = Map.of("HONGYAN_USER_NAME", "environment");

        assertThat(parse(environment, "--config", file, "--user-name", "line").userName)
                .isEqualTo("line");
        assertThat(parse(environment, "--config", file).userName).isEqualTo("environment");
        assertThat(parse(Map.of(), "--config", file).userName).isEqualTo("file");
        assertThat(parse(Map.of()).userName).isEqualTo("default");
    }

    @Test
    void environmentMayNameTheFile() throws IOException {
        assertThat(parse(Map.of("HONGYAN_CONFIG", file("user-name = 小明 \n"))).userName)
                .isEqualTo("小明");
    }

    @Test
    void flagMeansTheSameWhereverItIsSet() throws IOException {
        assertThat(parse(Map.of("HONGYAN_QUIET", "true"), "--quiet").quiet).isTrue();
        assertThat(parse(Map.of("HONGYAN_QUIET", "true")).quiet).isTrue();
        assertThat(parse(Map.of("HONGYAN_QUIET", "false")).quiet).isFalse();
        assertThat(parse(Map.of(), "--quiet").quiet).isTrue();
        assertThat(parse(Map.of()).quiet).isFalse();
    }

    @Test
    void refusesAKeyThatIsNoOption() throws IOException {
        OptionSources sources = OptionSources.of(new String[] {"--config=" + file("prot=1\n")}, name -> null);

        assertThatThrownBy(() -> sources.refuseUnknownKeys(Set.of("port")))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("prot");
    }

    @Test
    void refusesAFileThatIsNotThere() {
        assertThatThrownBy(() -> OptionSources.of(new String[] {"--config", "no/such/file"}, name -> null))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("no/such/file");
    }

    private String file(String content) throws IOException {
        return Files.writeString(directory.resolve("hongyan.properties"), content)
                .toString();
    }

    private static Example parse(Map<String, String> environment, String... arguments) {
        Example example = new Example();
        new CommandLine(example)
                .setDefaultValueProvider(OptionSources.of(arguments, environment::get))
                .parseArgs(arguments);
        return example;
    }

    @Command
    private static final class Example {

        @Option(names = "--config")
        @Nullable
        String config;

        @Option(names = "--user-name", defaultValue = "default")
        @Nullable
        String userName;

        @Option(names = "--port", defaultValue = "0")
        int port;

        @Option(names = "--quiet", fallbackValue = "true", defaultValue = "false")
        boolean quiet;
    }
}
