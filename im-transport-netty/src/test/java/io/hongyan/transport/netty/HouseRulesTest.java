// SPDX-License-Identifier: Apache-2.0
package io.hongyan.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.rules.EventLoopRules;
import io.hongyan.rules.HouseRulesContract;
import io.hongyan.rules.ImportRules;
import org.junit.jupiter.api.Test;

final class HouseRulesTest extends HouseRulesContract {

    @Test
    void importsOnlyTheProtocolAndNetty() {
        ImportRules.importsOnlyTheJdkAnd("io.hongyan.transport.netty..", "io.hongyan.protocol..", "io.netty..")
                .check(module.main());
    }

    @Test
    void handlersDecideNoPolicy() {
        assertThat(module.main().that(EventLoopRules.areHandlersOrInsideOne())).isNotEmpty();
        EventLoopRules.HANDLERS_DECIDE_NO_POLICY.check(module.main());
    }

    @Test
    void onlyStartAndStopWait() {
        EventLoopRules.nothingWaitsExceptIn(
                        "IoLoops.startInOrder", "IoLoops.close", "Sockets.bind", "TcpListener.bind", "UdpListener.bind")
                .check(module.main());
    }
}
