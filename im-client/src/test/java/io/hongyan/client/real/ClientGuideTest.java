// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client.real;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.client.ClientRuntime;
import io.hongyan.client.ImClient;
import io.hongyan.client.ReceiptLevel;
import io.hongyan.client.SendOptions;
import io.hongyan.protocol.Lane;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the guide shows compiles: its blocks are the bodies of the methods below. */
class ClientGuideTest {

    private static final Pattern BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

    @Test
    void everyBlockOfTheGuideIsHere() throws IOException {
        String here = squeezed(Files.readString(Path.of("src/test/java/io/hongyan/client/real/ClientGuideTest.java")));
        Matcher blocks = BLOCK.matcher(Files.readString(Path.of("../docs/guide/client.md")));
        int found = 0;
        for (; blocks.find(); found++) {
            assertThat(here).contains(squeezed(blocks.group(1)));
        }
        assertThat(found).isEqualTo(3);
    }

    static void tenLines() {
        try (ImClient alice = ImClient.builder()
                .server("udp://127.0.0.1:7901")
                .user("alice")
                .token("secret")
                .onMessage(m -> System.out.println(m.from() + ": " + m.text()))
                .connect()
                .join()) {
            alice.send("bob", "hi").toCompletableFuture().join();
        }
    }

    static SendOptions options() {
        SendOptions photo = SendOptions.binary().lane(Lane.BULK).type(7).awaiting(ReceiptLevel.DELIVERED);
        return photo;
    }

    static void shared(String server) {
        try (ClientRuntime runtime = ClientRuntime.builder().loops(2).build()) {
            ImClient alice = ImClient.builder()
                    .runtime(runtime)
                    .server(server)
                    .user("alice")
                    .connect()
                    .join();
            ImClient bob = ImClient.builder()
                    .runtime(runtime)
                    .server(server)
                    .user("bob")
                    .connect()
                    .join();
        }
    }

    /** Without white space, which the formatter decides. */
    private static String squeezed(String code) {
        return code.replaceAll("\\s+", "");
    }
}
