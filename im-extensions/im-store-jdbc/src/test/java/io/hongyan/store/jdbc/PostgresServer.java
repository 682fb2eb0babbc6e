// SPDX-License-Identifier: Apache-2.0
package io.hongyan.store.jdbc;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** PostgreSQL from an archive of its binaries, over files of its own. */
final class PostgresServer implements DatabaseServer {
    private final Path data;
    private EmbeddedPostgres server;
    private int port;

    private PostgresServer(Path data) {
        this.data = data;
    }

    /** @throws IOException when it does not start */
    static PostgresServer start(Path directory) throws IOException {
        PostgresServer server = new PostgresServer(directory.resolve("data"));
        server.server = server.begin();
        server.port = server.server.getPort();
        return server;
    }

    @Override
    public String url() {
        return "jdbc:postgresql://127.0.0.1:" + port + "/postgres";
    }

    @Override
    public String user() {
        return "postgres";
    }

    @Override
    public String password() {
        return "";
    }

    /** The server's first process, and with it all of its children, without a word. */
    @Override
    public void kill() {
        try {
            long pid = Long.parseLong(
                    Files.readAllLines(data.resolve("postmaster.pid")).get(0).trim());
            // Inside a user namespace of its own the number is the same.
            ProcessHandle first = ProcessHandle.of(pid).orElseThrow();
            var children = first.children().toList();
            first.destroyForcibly();
            children.forEach(ProcessHandle::destroyForcibly);
            first.onExit().join();
            children.forEach(child -> child.onExit().join());
            // It finds nothing to stop, and gives its lock of the directory back.
            server.close();
            Files.deleteIfExists(data.resolve("postmaster.pid"));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Override
    public void restart() {
        try {
            server = begin();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private EmbeddedPostgres begin() throws IOException {
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                .setDataDirectory(data)
                .setCleanDataDirectory(false)
                .setServerConfig("fsync", "on");
        if (port != 0) {
            builder.setPort(port);
        }
        return builder.start();
    }
}
