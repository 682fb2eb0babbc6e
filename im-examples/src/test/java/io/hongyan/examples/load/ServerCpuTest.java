// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hongyan.examples.cli.CommandFailure;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ServerCpuTest {

    @Test
    void addsUserAndSystemTicksWhateverTheProcessIsCalled() {
        String stat = "42 (a) b (c 1) S 1 42 42 0 -1 4194304 900 0 0 0 150 50 0 0 20 0 30 0 100 1000 200";

        assertThat(ServerCpu.parse(stat)).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void readsThisProcess() {
        assertThat(new ServerCpu(ProcessHandle.current().pid()).read()).isPresent();
    }

    @Test
    void refusesAProcessThatIsNotThere() {
        assertThatThrownBy(() -> new ServerCpu(Long.MAX_VALUE)).isInstanceOf(CommandFailure.class);
    }
}
