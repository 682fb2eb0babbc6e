// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ClientStateTest {

    @Test
    void pictureInTheGuideIsTheTable() throws IOException {
        StringBuilder picture = new StringBuilder("```mermaid\nstateDiagram-v2\n    [*] --> NEW\n");
        for (ClientState from : ClientState.values()) {
            for (ClientState to : ClientState.values()) {
                if (from.leadsTo(to)) {
                    picture.append("    ")
                            .append(from)
                            .append(" --> ")
                            .append(to)
                            .append('\n');
                }
            }
        }
        picture.append("    CLOSED --> [*]\n```\n");
        assertThat(Files.readString(Path.of("../docs/guide/client.md"))).contains(picture);
    }
}
