// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol;

import com.tngtech.archunit.core.domain.JavaClasses;
import io.hongyan.rules.EventLoopRules;
import io.hongyan.rules.HouseRulesContract;
import io.hongyan.rules.ImportRules;
import io.hongyan.rules.PackageOrder;
import io.hongyan.rules.SansIoRules;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class HouseRulesTest extends HouseRulesContract {

    private final JavaClasses engine = module.in("io.hongyan.protocol.rudp..");

    @Test
    void seesNeitherNettyNorSlf4j() {
        ImportRules.neverImports("io.netty..", "org.slf4j..").check(module.main());
    }

    @Test
    void importsOnlyTheJdk() {
        ImportRules.importsOnlyTheJdkAnd("io.hongyan.protocol..").check(module.main());
    }

    @Test
    void packagesDependOnlyToTheRight() {
        PackageOrder.of(
                        "io.hongyan.protocol",
                        List.of(
                                Set.of("connection"),
                                Set.of("packet"),
                                Set.of("frame", "rudp"),
                                Set.of(PackageOrder.ROOT)))
                .rule()
                .check(module.main());
    }

    @Test
    void nothingWaits() {
        EventLoopRules.nothingWaitsExceptIn().check(module.main());
    }

    @Test
    void engineImportsNeitherFramesNorPackets() {
        ImportRules.importsOnlyTheJdkAnd("io.hongyan.protocol", "io.hongyan.protocol.rudp..")
                .check(engine);
    }

    @Test
    void engineReadsNoClock() {
        SansIoRules.READS_NO_CLOCK.check(engine);
    }

    @Test
    void engineStartsNoThread() {
        SansIoRules.KNOWS_NO_THREAD.check(engine);
    }

    @Test
    void engineTakesNoLock() {
        SansIoRules.TAKES_NO_LOCK.check(engine);
    }

    @Test
    void engineWritesNoLog() {
        SansIoRules.WRITES_NO_LOG.check(engine);
    }

    @Test
    void engineMakesNoRandomness() {
        SansIoRules.MAKES_NO_RANDOMNESS.check(engine);
    }

    @Test
    void engineDoesNoIo() {
        SansIoRules.DOES_NO_IO.check(engine);
    }
}
