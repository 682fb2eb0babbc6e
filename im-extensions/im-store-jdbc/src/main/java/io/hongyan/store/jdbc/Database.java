// SPDX-License-Identifier: Apache-2.0
package io.hongyan.store.jdbc;

import java.sql.SQLException;

/** Opens links to a database whose tables are there. */
interface Database extends AutoCloseable {
    Dialect dialect();

    /** Whether a commit that returned survives a power cut, as far as the database says so. */
    boolean durable();

    /** Whether nobody else writes to it. */
    boolean isExclusive();

    /** The largest payload that it takes, in bytes. */
    int maxMessageBytes();

    /** Where it is, without secrets. */
    String description();

    /** A link to write with; one at a time is in use. */
    Link openWriter() throws SQLException;

    /** A link to read with. */
    Link openReader() throws SQLException;

    @Override
    void close();
}
