// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.server;

import io.hongyan.core.store.MessageStore;
import io.hongyan.examples.cli.CommandFailure;
import io.hongyan.store.jdbc.JdbcMessageStore;
import io.hongyan.store.jdbc.JdbcStoreBuilder;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the server keeps messages: in memory, in a directory, or in a database of a server. */
final class StorageOptions {

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Keeps messages in this directory, synced to disk before they are confirmed.")
    private @Nullable String data;

    @Option(
            names = "--store",
            paramLabel = "JDBC_URL",
            description = "Keeps messages in PostgreSQL, MariaDB or MySQL: jdbc:postgresql://HOST/DATABASE, say.")
    private @Nullable String store;

    @Option(names = "--store-user", paramLabel = "NAME", defaultValue = "", description = "Logs in there.")
    private String user = "";

    @Option(names = "--store-password", paramLabel = "SECRET", defaultValue = "", description = "Logs in there.")
    private String password = "";

    @Option(
            names = "--keep-days",
            paramLabel = "N",
            defaultValue = "0",
            description = "Lets stored messages go that are older; default 0, keeps all.")
    private int keepDays;

    /** @throws CommandFailure if they do not fit together */
    void check() {
        if (data != null && store != null) {
            throw CommandFailure.usage("--data and --store are two places for the same messages; give one.");
        }
        if (data == null && store == null && keepDays != 0) {
            throw CommandFailure.usage("--keep-days is for stored messages; give --data or --store.");
        }
        if (keepDays < 0 || keepDays > 36_500) {
            throw CommandFailure.usage("--keep-days must be from 0 to 36500, not " + keepDays + ".");
        }
    }

    /**
     * Opens the store.
     *
     * @return null for the server's own, in memory
     * @throws CommandFailure if it cannot be opened
     */
    @Nullable
    MessageStore open() {
        String directory = data;
        String url = store;
        try {
            if (directory != null) {
                return kept(JdbcMessageStore.sqlite(Path.of(directory))).open();
            }
            return url == null
                    ? null
                    : kept(JdbcMessageStore.jdbc(url, user, password)).open();
        } catch (IllegalArgumentException e) {
            throw CommandFailure.usage((directory == null ? "--store: " : "--data: ") + e.getMessage() + ".");
        } catch (RuntimeException e) {
            // What drivers and migrations throw is theirs; the first line says what is wrong.
            String why = String.valueOf(e.getMessage()).lines().findFirst().orElse(e.toString());
            throw CommandFailure.noSocket("No storage: " + why + ".");
        }
    }

    private JdbcStoreBuilder kept(JdbcStoreBuilder builder) {
        return builder.keepFor(Duration.ofDays(keepDays));
    }
}
