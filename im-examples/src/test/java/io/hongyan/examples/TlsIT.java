// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The commands of the security guide do what it says. */
@Timeout(180)
class TlsIT {

    private static final Path GUIDE = Path.of("..", "docs", "guide", "security.md");
    private static final Pattern SHELL = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL);

    @TempDir
    @Nullable
    Path directory;

    /** Runs what the guide says of certificates, in an empty directory. */
    @BeforeEach
    void makeCertificates() throws Exception {
        Matcher block = SHELL.matcher(Files.readString(GUIDE));
        assertThat(block.find()).isTrue();
        String certificates =
                block.group(1).lines().filter(line -> !line.startsWith("java ")).collect(Collectors.joining("\n"));
        assertThat(block.group(1)).contains("--tls-cert server.pem --tls-key server.key", "--trust ca.pem");
        assumeTrue(run("openssl version") == 0, "openssl is not installed");
        assertThat(run(certificates)).isZero();
    }

    @Test
    void twoPeopleTalkOverTlsAndPlainTextIsRefused() {
        try (HongyanProcess server =
                        HongyanProcess.server("--tls-cert", file("server.pem"), "--tls-key", file("server.key"));
                HongyanProcess bob = chat(server, "tls", "bob", "--trust", file("ca.pem"), "--exit-after", "1")) {
            server.awaitErr("udp_in_clear");
            bob.endInput().awaitErr("online");
            try (HongyanProcess alice = chat(server, "tls", "alice", "--trust", file("ca.pem"))) {
                alice.type("@bob hi").endInput();
                assertThat(alice.awaitExit()).isZero();
                assertThat(bob.awaitExit()).isZero();
                assertThat(bob.out()).containsExactly("alice: hi");
            }
            try (HongyanProcess plain = chat(server, "tcp", "carol")) {
                assertThat(plain.endInput().awaitExit()).isEqualTo(2);
            }
            try (HongyanProcess distrustful = chat(server, "tls", "carol")) {
                assertThat(distrustful.endInput().awaitExit()).isEqualTo(2);
            }
        }
    }

    @Test
    void whatDoesNotFitTogetherIsAMistake() {
        assertMistake("--tls-cert", file("server.pem"));
        assertMistake("--tls-cert", file("server.pem"), "--tls-key", file("ca.key"));
        assertMistake("--tls-cert", file("missing.pem"), "--tls-key", file("server.key"));
        assertMistake("--allow-plaintext");
        assertMistake("--proxies", "10.0.0.0/99");
    }

    private static void assertMistake(String... options) {
        String[] arguments = new String[options.length + 3];
        arguments[0] = "server";
        arguments[1] = "--tcp";
        arguments[2] = "0";
        System.arraycopy(options, 0, arguments, 3, options.length);
        try (HongyanProcess server = HongyanProcess.start(arguments)) {
            assertThat(server.awaitExit()).isEqualTo(2);
            assertThat(server.out()).isEmpty();
        }
    }

    /** By the name that is in the certificate. */
    private static HongyanProcess chat(HongyanProcess server, String transport, String user, String... more) {
        String[] arguments = new String[more.length + 5];
        arguments[0] = "chat";
        arguments[1] = "--server";
        arguments[2] = transport + "://localhost:" + server.port("tcp");
        arguments[3] = "--user";
        arguments[4] = user;
        System.arraycopy(more, 0, arguments, 5, more.length);
        return HongyanProcess.start(arguments);
    }

    private String file(String name) {
        return Objects.requireNonNull(directory).resolve(name).toString();
    }

    private int run(String script) throws IOException, InterruptedException {
        Path log = Objects.requireNonNull(directory).resolve("log");
        Process shell = new ProcessBuilder("sh", "-e", "-c", script)
                .directory(Objects.requireNonNull(directory).toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        assertThat(shell.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return shell.exitValue();
    }
}
