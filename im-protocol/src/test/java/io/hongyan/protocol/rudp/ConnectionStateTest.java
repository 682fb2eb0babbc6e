// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ConnectionStateTest {
    @Test
    void theDocumentsPictureIsTheTable() throws IOException {
        TreeSet<String> table = new TreeSet<>();
        for (ConnectionState state : ConnectionState.values()) {
            for (ConnectionState.Transition transition : ConnectionState.Transition.values()) {
                try {
                    table.add(state + " --> " + state.on(transition) + ": " + transition);
                } catch (IllegalStateException impossible) {
                    assertThat(impossible).hasMessageContaining(state.name());
                }
            }
        }
        TreeSet<String> picture = new TreeSet<>();
        Files.readString(document())
                .lines()
                .filter(line -> line.contains(" --> "))
                .forEach(line -> picture.add(line.strip()));
        assertThat(picture).isEqualTo(table);
    }

    @Test
    void nothingLeadsOutOfClosed() {
        for (ConnectionState.Transition transition : ConnectionState.Transition.values()) {
            assertThatThrownBy(() -> ConnectionState.CLOSED.on(transition)).isInstanceOf(IllegalStateException.class);
        }
    }

    private static Path document() {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.exists(directory.resolve("docs/protocol/udp.md"))) {
            directory = directory.getParent();
        }
        return directory.resolve("docs/protocol/udp.md");
    }
}
