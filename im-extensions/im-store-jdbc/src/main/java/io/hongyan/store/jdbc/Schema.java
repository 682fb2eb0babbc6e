// SPDX-License-Identifier: Apache-2.0
package io.hongyan.store.jdbc;

import javax.sql.DataSource;
import org.flywaydb.core.Flyway;

/** Brings the tables of a database to what this version needs. */
final class Schema {
    private Schema() {}

    /** @throws RuntimeException when it fails, or when the tables are of a newer version */
    static void migrate(DataSource source, Dialect dialect) {
        Flyway.configure(Schema.class.getClassLoader())
                .dataSource(source)
                .locations("classpath:" + dialect.schema())
                .table("hongyan_schema")
                .baselineOnMigrate(true)
                .baselineVersion("0")
                .load()
                .migrate();
    }
}
