// SPDX-License-Identifier: Apache-2.0
package io.hongyan.testkit;

import io.hongyan.rules.EventLoopRules;
import io.hongyan.rules.HouseRulesContract;
import io.hongyan.rules.ImportRules;
import org.junit.jupiter.api.Test;

final class HouseRulesTest extends HouseRulesContract {
    @Test
    void importsTheServerTheClientAndTheSimulatedNetwork() {
        ImportRules.importsOnlyTheJdkAnd(
                        "io.hongyan.testkit..",
                        "io.hongyan.core..",
                        "io.hongyan.client..",
                        "io.hongyan.simnet..",
                        "io.hongyan.protocol..")
                .check(module.main());
    }

    @Test
    void usesNoSocket() {
        ImportRules.NEVER_USES_SOCKETS.check(module.main());
    }

    @Test
    void nothingWaits() {
        EventLoopRules.nothingWaitsExceptIn().check(module.main());
    }
}
