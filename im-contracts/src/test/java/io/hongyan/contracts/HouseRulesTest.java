// SPDX-License-Identifier: Apache-2.0
package io.hongyan.contracts;

import io.hongyan.rules.HouseRulesContract;
import io.hongyan.rules.ImportRules;
import org.junit.jupiter.api.Test;

final class HouseRulesTest extends HouseRulesContract {
    @Test
    void importsTheCoreAndWhatTestsAreWrittenWith() {
        ImportRules.importsOnlyTheJdkAnd(
                        "io.hongyan.contracts..",
                        "io.hongyan.core..",
                        "io.hongyan.protocol..",
                        "org.junit.jupiter.api..",
                        "org.assertj.core..",
                        "org.awaitility..")
                .check(module.main());
    }
}
