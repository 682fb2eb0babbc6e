// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client.real;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.client.ImClient;
import io.hongyan.server.netty.ImServer;
import io.hongyan.server.netty.Transports;
import io.hongyan.transport.netty.TlsFiles;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the guide shows compiles, and the tests that it names are there. */
class SecurityGuideTest {

    private static final Path GUIDE = Path.of("../docs/guide/security.md");
    private static final Pattern BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
    private static final Pattern TEST = Pattern.compile("`(\\w+Test)`");

    @Test
    void everyBlockOfTheGuideIsHere() throws IOException {
        String here =
                squeezed(Files.readString(Path.of("src/test/java/io/hongyan/client/real/SecurityGuideTest.java")));
        Matcher blocks = BLOCK.matcher(Files.readString(GUIDE));
        int found = 0;
        for (; blocks.find(); found++) {
            assertThat(here).contains(squeezed(blocks.group(1)));
        }
        assertThat(found).isEqualTo(3);
    }

    @Test
    void everyTestThatTheGuideNamesIsThere() throws IOException {
        Set<String> tests;
        try (Stream<Path> files =
                Files.find(Path.of(".."), 12, (file, any) -> file.toString().endsWith("Test.java"))) {
            tests = files.map(file -> file.getFileName().toString().replace(".java", ""))
                    .collect(Collectors.toSet());
        }
        Set<String> named = TEST.matcher(Files.readString(GUIDE))
                .results()
                .map(match -> match.group(1))
                .collect(Collectors.toSet());
        assertThat(named).isNotEmpty();
        assertThat(tests).containsAll(named);
    }

    static void tls() {
        ImServer.builder().listen(Transports.tcp(7901).tls(TlsFiles.of(Path.of("server.pem"), Path.of("server.key"))));
        ImClient.builder().server("tls://chat.example:7901").trust(Path.of("ca.pem"));
    }

    static void proxies() {
        Transports.tcp(7901).proxies("10.0.0.0/8", "2001:db8::/32");
    }

    static void blocked(Set<InetAddress> blocked) {
        ImServer.builder().connectionFilter(address -> !blocked.contains(address));
    }

    /** Without white space, which the formatter decides. */
    private static String squeezed(String code) {
        return code.replaceAll("\\s+", "");
    }
}
