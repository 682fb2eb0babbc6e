// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core;

import io.hongyan.rules.EventLoopRules;
import io.hongyan.rules.HouseRulesContract;
import io.hongyan.rules.ImportRules;
import io.hongyan.rules.PackageOrder;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class HouseRulesTest extends HouseRulesContract {

    @Test
    void importsOnlyTheProtocolAndSlf4j() {
        ImportRules.importsOnlyTheJdkAnd("io.hongyan.core..", "io.hongyan.protocol..", "org.slf4j..")
                .check(module.main());
    }

    @Test
    void seesNeitherNettyNorSockets() {
        ImportRules.neverImports("io.netty..", "java.nio.channels..", "javax.net..")
                .check(module.main());
        ImportRules.NEVER_USES_SOCKETS.check(module.main());
    }

    @Test
    void packagesDependOnlyToTheRight() {
        PackageOrder.of(
                        "io.hongyan.core",
                        List.of(
                                Set.of(PackageOrder.ROOT),
                                Set.of("inbound"),
                                Set.of("routing", "presence"),
                                Set.of("group", "offline", "store", "cluster"),
                                Set.of("session"),
                                Set.of("transport", "auth", "listener", "limit"),
                                Set.of("metrics", "time")))
                .rule()
                .check(module.main());
    }

    @Test
    void onlyStartAndStopWait() {
        EventLoopRules.nothingWaitsExceptIn("ImNode.start", "ImNode.stop", "ImNode.close", "ImNode.awaitStop")
                .check(module.main());
    }

    @Test
    void listenersAreCalledInOnePlace() {
        EventLoopRules.listenersAreCalledOnlyBy("ListenerInvoker", "io.hongyan.core.listener..")
                .check(module.main());
    }
}
