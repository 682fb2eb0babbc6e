// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.scale;

import io.hongyan.protocol.rudp.RudpConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Connects many sessions over real sockets to a {@link CrowdServer} that it starts, then lets them idle: handshakes per
 * second of the server's processor time, memory per session, and the share of a processor that keepalives take.
 *
 * <pre>
 *   java -cp benchmarks.jar io.hongyan.benchmarks.scale.SocketCrowd SESSIONS SOCKETS IDLE_SECONDS KEEPALIVE_SECONDS [SERVER_COMMAND ...]
 * </pre>
 *
 * <p>The command, {@code java} if none is given, is what starts the server's JVM, for example {@code taskset -c 0 java
 * -Xmx3g}. Keepalives of the sessions are spread as their arrivals were: give the crowd as long to arrive as a keepalive
 * takes, or measure for a whole one at least. A million sessions with a keepalive each minute are as many datagrams as
 * 100,000 with one every six seconds, and as many wake-ups.
 */
public final class SocketCrowd {
    private static final int HANDSHAKES_UNDER_WAY = 512;

    private final List<ClientSocket> sockets = new ArrayList<>();
    private final Selector selector;

    private SocketCrowd() throws IOException {
        selector = Selector.open();
    }

    /** Measures. */
    public static void main(String[] args) throws IOException {
        int sessions = Integer.parseInt(args[0]);
        int socketCount = Integer.parseInt(args[1]);
        int idleSeconds = Integer.parseInt(args[2]);
        int keepAliveMillis = 1_000 * Integer.parseInt(args[3]);
        List<String> command = new ArrayList<>(List.of(args).subList(4, args.length));
        if (command.isEmpty()) {
            command.add("java");
        }
        int idleTimeoutMillis = 4 * keepAliveMillis;
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                CrowdServer.class.getName(),
                Integer.toString(idleTimeoutMillis)));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader answers = process.inputReader(StandardCharsets.US_ASCII);
                PrintWriter questions = new PrintWriter(process.outputWriter(StandardCharsets.US_ASCII), true)) {
            Server server = new Server(answers, questions);
            InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), (int) server.first());
            RudpConfig config = RudpConfig.builder()
                    .clientIdBytes(4)
                    .idleTimeoutMillis(idleTimeoutMillis)
                    .keepAliveMillis(keepAliveMillis)
                    .build();
            new SocketCrowd().run(server, address, config, sessions, socketCount, idleSeconds);
        }
    }

    private void run(
            Server server, InetSocketAddress address, RudpConfig config, int sessions, int socketCount, int idleSeconds)
            throws IOException {
        SecureRandom random = new SecureRandom();
        for (int i = 0; i < socketCount; i++) {
            ClientSocket socket = new ClientSocket(address, config, random);
            socket.channel().register(selector, SelectionKey.OP_READ, socket);
            sockets.add(socket);
        }
        // The first third warms both ends up.
        int warm = sessions / 3;
        connect(warm);
        long[] memoryBefore = server.ask("memory");
        long[] before = server.ask("cpu");
        long start = System.nanoTime();
        connect(sessions);
        double seconds = (System.nanoTime() - start) / 1e9;
        long[] after = server.ask("cpu");
        double cpuSeconds = (after[2] - before[2]) / 1e9;
        idle(2);
        long[] memory = server.ask("memory");
        idle(1);
        before = server.ask("cpu");
        idle(idleSeconds);
        long[] end = server.ask("cpu");
        double share = (end[2] - before[2]) / 1e9 / Math.max(1, idleSeconds);
        double loopShare = (end[3] - before[3]) / 1e9 / Math.max(1, idleSeconds);
        double keepAlivesASecond = (end[4] - before[4]) / (double) Math.max(1, idleSeconds);
        System.out.printf(
                Locale.ROOT,
                "SOCKET CROWD sessions=%d sockets=%d handshakes_per_s=%.0f handshakes_per_server_cpu_s=%.0f"
                        + " heap_bytes_per_session=%d heap_mb=%d rss_mb=%d idle_cpu_share=%.4f"
                        + " idle_loop_cpu_share=%.4f keepalives_per_s=%.0f server_us_per_keepalive=%.2f loop_us_per_keepalive=%.2f lost=%d%n",
                end[0],
                socketCount,
                (after[1] - warm) / seconds,
                (after[1] - warm) / cpuSeconds,
                (memory[0] - memoryBefore[0]) / (sessions - warm),
                memory[0] >> 20,
                memory[1] >> 20,
                share,
                loopShare,
                keepAlivesASecond,
                share / keepAlivesASecond * 1e6,
                loopShare / keepAlivesASecond * 1e6,
                sockets.stream().mapToInt(ClientSocket::lost).sum());
    }

    /** Goes on until so many are connected in all. One whose handshake fails is replaced. */
    private void connect(int sessions) throws IOException {
        int begun = sum(ClientSocket::begun);
        while (true) {
            int connected = sum(ClientSocket::connected);
            if (connected == sessions) {
                return;
            }
            int ended = connected + sum(ClientSocket::lost);
            long now = System.nanoTime();
            while (begun - ended + connected < sessions && begun - ended < HANDSHAKES_UNDER_WAY) {
                sockets.get(begun++ % sockets.size()).connect(now);
            }
            if (!turnAll()) {
                selector.select(SocketCrowd::none, 1);
            }
        }
    }

    private void idle(int seconds) throws IOException {
        long end = System.nanoTime() + seconds * 1_000_000_000L;
        while (System.nanoTime() - end < 0) {
            turnAll();
            selector.select(SocketCrowd::none, 1);
        }
    }

    private boolean turnAll() throws IOException {
        boolean any = false;
        for (ClientSocket socket : sockets) {
            any |= socket.turn(System.nanoTime());
        }
        return any;
    }

    private int sum(java.util.function.ToIntFunction<ClientSocket> figure) {
        return sockets.stream().mapToInt(figure).sum();
    }

    private static void none(SelectionKey key) {}

    /** Asks the other process. */
    private record Server(BufferedReader answers, PrintWriter questions) {
        long first() throws IOException {
            return Long.parseLong(line());
        }

        long[] ask(String question) throws IOException {
            questions.println(question);
            String[] words = line().split(" ");
            long[] numbers = new long[words.length];
            for (int i = 0; i < words.length; i++) {
                numbers[i] = Long.parseLong(words[i]);
            }
            return numbers;
        }

        private String line() throws IOException {
            String line = answers.readLine();
            if (line == null) {
                throw new IOException("the server is gone");
            }
            return line;
        }
    }
}
