// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples;

import io.hongyan.rules.HouseRulesContract;
import io.hongyan.rules.ImportRules;
import org.junit.jupiter.api.Test;

final class HouseRulesTest extends HouseRulesContract {

    @Test
    void usesThePublicApiWithoutNetty() {
        ImportRules.neverImports("io.netty..").check(module.main());
    }
}
