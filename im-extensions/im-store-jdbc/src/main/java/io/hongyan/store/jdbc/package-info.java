// SPDX-License-Identifier: Apache-2.0
/**
 * Keeps messages in a database: SQLite in a directory of this process, PostgreSQL, MariaDB or MySQL.
 *
 * <pre>
 *   append ──► queue ──► hongyan-store-writer ──► one transaction, one sync ──► hongyan-store-completer ──► stages
 *              bounded   what is queued, up to     of up to 256 messages          in order, while the next
 *                        256 messages or 2 ms                                     batch is written
 *   read ────► queue ──► hongyan-store-reader-N ──► stage
 *              bounded
 * </pre>
 *
 * <p>No call waits for the database. What the database does not take is refused with a code or fails, within a bounded
 * time, and the store goes on by itself when the database does.
 *
 * <p><b>Starting point:</b> {@link io.hongyan.store.jdbc.JdbcMessageStore}; {@code docs/guide/storing.md}.
 */
@NullMarked
package io.hongyan.store.jdbc;

import org.jspecify.annotations.NullMarked;
