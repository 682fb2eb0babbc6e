// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class Utf8ConsoleTest {

    @Test
    void filesThatTheJvmOpenedAreNoInput() throws Exception {
        Path modules =
                Path.of(System.getProperty("java.home"), "lib", "modules").toRealPath();
        assertThat(Utf8Console.isOfThisProcess(modules)).isTrue();
        assertThat(Utf8Console.isOfThisProcess(Path.of("/tmp/app.jsa"))).isTrue();
        assertThat(Utf8Console.isOfThisProcess(Path.of("/tmp/input.txt"))).isFalse();
        assertThat(Utf8Console.isOfThisProcess(Path.of("pipe:[4711]"))).isFalse();
    }
}
