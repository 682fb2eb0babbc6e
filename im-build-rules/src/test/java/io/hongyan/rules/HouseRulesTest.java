// SPDX-License-Identifier: Apache-2.0
package io.hongyan.rules;

import org.junit.jupiter.api.Test;

/** The rules keep the rules. */
final class HouseRulesTest extends HouseRulesContract {

    @Test
    void importsNothingOfTheOtherModules() {
        ImportRules.neverImports(
                        "io.hongyan.core..", "io.hongyan.protocol..", "io.hongyan.transport..", "io.hongyan.simnet..")
                .check(module.main());
    }
}
