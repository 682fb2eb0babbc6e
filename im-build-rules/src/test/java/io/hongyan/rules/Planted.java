// SPDX-License-Identifier: Apache-2.0
package io.hongyan.rules;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;

/** Runs a rule over a class that was written to break it, or to come close without breaking it. */
final class Planted {

    private Planted() {}

    static void assertCaught(ArchRule rule, Class<?> culprit) {
        assertThatThrownBy(() -> rule.check(only(culprit)))
                .as("%s caught by: %s", culprit.getSimpleName(), rule.getDescription())
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining(culprit.getSimpleName())
                .hasMessageNotContaining("failed to check any classes");
    }

    static void assertPasses(ArchRule rule, Class<?> innocent) {
        assertThatCode(() -> rule.check(only(innocent)))
                .as("%s passes: %s", innocent.getSimpleName(), rule.getDescription())
                .doesNotThrowAnyException();
    }

    private static JavaClasses only(Class<?> type) {
        return new ClassFileImporter().importClasses(type);
    }
}
