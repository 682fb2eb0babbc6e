// SPDX-License-Identifier: Apache-2.0
package io.hongyan.simnet;

import io.hongyan.rules.HouseRulesContract;
import io.hongyan.rules.ImportRules;
import org.junit.jupiter.api.Test;

final class HouseRulesTest extends HouseRulesContract {

    @Test
    void importsNothingOfOurs() {
        ImportRules.importsOnlyTheJdkAnd("io.hongyan.simnet..").check(module.main());
    }
}
