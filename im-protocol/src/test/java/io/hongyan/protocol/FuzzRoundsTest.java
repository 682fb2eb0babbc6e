// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class FuzzRoundsTest {

    @Test
    void failureTellsItsSeedAndTheCommandThatRunsItAgain() {
        OutOfMemoryError cause = new OutOfMemoryError("as announced");

        assertThatThrownBy(() -> FuzzRounds.run(1, random -> {
                    throw cause;
                }))
                .isInstanceOf(AssertionError.class)
                .hasMessageMatching("seed (-?\\d+) failed; replay: mvn -q -pl im-protocol -am test"
                        + " -Dtest=FuzzRoundsTest -Dhongyan.fuzz.seed=\\1 -Dsurefire.failIfNoSpecifiedTests=false")
                .hasCause(cause);
    }
}
