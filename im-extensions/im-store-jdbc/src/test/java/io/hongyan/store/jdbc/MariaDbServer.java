// SPDX-License-Identifier: Apache-2.0
package io.hongyan.store.jdbc;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** MariaDB as it is installed here, over files of its own, on a port that was free. */
final class MariaDbServer implements DatabaseServer {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Path directory;
    private final String daemon;
    private final int port;
    private Process process;

    private MariaDbServer(Path directory, String daemon, int port) {
        this.directory = directory;
        this.daemon = daemon;
        this.port = port;
    }

    /** @throws IOException when none is installed, or it does not start */
    static MariaDbServer start(Path directory) throws IOException {
        String daemon = find("mariadbd", "mysqld");
        String installer = find("mariadb-install-db", "mysql_install_db");
        Path data = directory.resolve("data");
        List<String> install = new ArrayList<>(List.of(
                installer,
                "--no-defaults",
                "--datadir=" + data,
                "--auth-root-authentication-method=normal",
                "--skip-test-db"));
        if (isRoot()) {
            install.add("--user=root");
        }
        run(install, directory.resolve("install.log"));
        MariaDbServer server = new MariaDbServer(directory, daemon, freePort());
        server.restart();
        try (Connection connection = DriverManager.getConnection(server.url("mysql"), server.user(), "")) {
            connection.createStatement().execute("CREATE DATABASE hongyan");
        } catch (SQLException failed) {
            server.close();
            throw new IOException(failed);
        }
        return server;
    }

    @Override
    public String url() {
        return url("hongyan");
    }

    @Override
    public String user() {
        return "root";
    }

    @Override
    public String password() {
        return "";
    }

    @Override
    public void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    @Override
    public void restart() {
        List<String> command = new ArrayList<>(List.of(
                daemon,
                "--no-defaults",
                "--datadir=" + directory.resolve("data"),
                "--socket=" + directory.resolve("s"),
                "--pid-file=" + directory.resolve("pid"),
                "--port=" + port,
                "--bind-address=127.0.0.1",
                "--skip-name-resolve",
                "--innodb-buffer-pool-size=64M",
                "--performance-schema=OFF"));
        if (isRoot()) {
            command.add("--user=root");
        }
        try {
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("server.log").toFile())
                    .start();
        } catch (IOException failed) {
            throw new IllegalStateException(failed);
        }
        Awaitility.await().atMost(PATIENCE).until(() -> {
            if (!process.isAlive()) {
                throw new IllegalStateException(Files.readString(directory.resolve("server.log")));
            }
            return answers();
        });
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }

    private boolean answers() {
        try (Connection connection = DriverManager.getConnection(url("mysql"), user(), "")) {
            return connection.isValid(1);
        } catch (SQLException notYet) {
            return false;
        }
    }

    private String url(String database) {
        return "jdbc:mariadb://127.0.0.1:" + port + "/" + database;
    }

    private static void run(List<String> command, Path log) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        if (process.onExit()
                        .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                        .join()
                        .exitValue()
                != 0) {
            throw new IOException(Files.readString(log));
        }
    }

    private static String find(String... names) throws IOException {
        for (String name : names) {
            for (String folder : (System.getenv("PATH") + ":/usr/sbin:/usr/local/sbin").split(":")) {
                Path file = Path.of(folder, name);
                if (Files.isExecutable(file)) {
                    return file.toString();
                }
            }
        }
        throw new IOException("no " + names[0] + " is installed");
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
