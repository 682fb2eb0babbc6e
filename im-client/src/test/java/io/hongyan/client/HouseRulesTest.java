// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import io.hongyan.rules.EventLoopRules;
import io.hongyan.rules.HouseRulesContract;
import io.hongyan.rules.ImportRules;
import org.junit.jupiter.api.Test;

final class HouseRulesTest extends HouseRulesContract {

    @Test
    void importsOnlyTheTransport() {
        ImportRules.importsOnlyTheJdkAnd(
                        "io.hongyan.client..",
                        "io.hongyan.transport.netty..",
                        "io.hongyan.protocol..",
                        "io.netty..",
                        "org.slf4j..")
                .check(module.main());
    }

    @Test
    void usersSeeNoNetty() {
        ImportRules.neverExposes("io.netty..").check(module.main());
    }

    @Test
    void handlersDecideNoPolicy() {
        EventLoopRules.HANDLERS_DECIDE_NO_POLICY.check(module.main());
    }

    @Test
    void onlyClosingAndLookingUpANameWait() {
        EventLoopRules.nothingWaitsExceptIn("ClientRuntime.awaitEnd", "Threads.close", "ClientNetwork.lookUp")
                .check(module.main());
    }

    @Test
    void listenersAreNeverCalledStraight() {
        EventLoopRules.listenersAreCalledOnlyByOrForLater("ListenerInvoker", "io.hongyan.client..")
                .check(module.main());
    }
}
