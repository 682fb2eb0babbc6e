// SPDX-License-Identifier: Apache-2.0
package io.hongyan.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("once")
final class ModuleClassesTest {

    private final ModuleClasses module = ModuleClasses.of(getClass());

    @Test
    void mainAndTestsAreKeptApart() {
        assertThat(module.main().contain(ModuleClasses.class)).isTrue();
        assertThat(module.main().contain(ModuleClassesTest.class)).isFalse();
        assertThat(module.tests().contain(ModuleClassesTest.class)).isTrue();
    }

    @Test
    void ruleCannotAimAtAPackageThatIsNotThere() {
        assertThatThrownBy(() -> module.in("io.hongyan.nowhere.."))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("io.hongyan.nowhere");
    }
}
