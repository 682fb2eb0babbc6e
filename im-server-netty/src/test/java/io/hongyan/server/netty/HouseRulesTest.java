// SPDX-License-Identifier: Apache-2.0
package io.hongyan.server.netty;

import io.hongyan.rules.EventLoopRules;
import io.hongyan.rules.HouseRulesContract;
import io.hongyan.rules.ImportRules;
import org.junit.jupiter.api.Test;

final class HouseRulesTest extends HouseRulesContract {

    @Test
    void importsOnlyTheCoreAndTheTransport() {
        ImportRules.importsOnlyTheJdkAnd(
                        "io.hongyan.server.netty..",
                        "io.hongyan.core..",
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
    void onlyStartAndStopWait() {
        EventLoopRules.nothingWaitsExceptIn(
                        "ImServer.start",
                        "ImServer.startParts",
                        "ImServer.awaitStart",
                        "Builder.start",
                        "ImServer.close",
                        "ImServer.awaitStop",
                        "NettyTransport.address")
                .check(module.main());
    }

    @Test
    void listenersAreCalledByTheCoreAlone() {
        EventLoopRules.listenersAreCalledOnlyBy("ListenerInvoker", "io.hongyan.core.listener..")
                .check(module.main());
    }
}
