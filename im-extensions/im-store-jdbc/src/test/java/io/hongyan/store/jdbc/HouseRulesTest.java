// SPDX-License-Identifier: Apache-2.0
package io.hongyan.store.jdbc;

import io.hongyan.rules.HouseRulesContract;
import io.hongyan.rules.ImportRules;
import org.junit.jupiter.api.Test;

final class HouseRulesTest extends HouseRulesContract {
    @Test
    void importsTheCoreAndWhatReachesDatabases() {
        ImportRules.importsOnlyTheJdkAnd(
                        "java.sql..",
                        "javax.sql..",
                        "io.hongyan.store.jdbc..",
                        "io.hongyan.core.store..",
                        "io.hongyan.core.time..",
                        "io.hongyan.protocol..",
                        "com.zaxxer.hikari..",
                        "org.flywaydb.core..",
                        "org.sqlite..",
                        "org.slf4j..")
                .check(module.main());
    }

    @Test
    void showsNobodyADriver() {
        ImportRules.neverExposes("com.zaxxer.hikari..", "org.flywaydb..", "org.sqlite..")
                .check(module.main());
    }
}
