// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client.real;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.hongyan.client.ClientRuntime;
import io.hongyan.client.ImClient;
import io.hongyan.client.ReceiptLevel;
import io.hongyan.transport.netty.IoChoice;
import io.hongyan.transport.netty.TlsFiles;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.util.ResourceLeakDetector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * A hundred servers with TLS, TCP and UDP, each with clients whose sessions are alive when it ends, leave nothing behind:
 * no thread, no file, no buffer.
 */
@Timeout(300)
@Tag("once")
class HundredServersTest {

    private static final int SERVERS = 100;
    private static final int FIRST = 20;
    /** What the allocator keeps for later does not grow; so much it may differ by the moment. */
    private static final long SLACK_BYTES = 8 << 20;

    private static final Path OPEN_FILES = Path.of("/proc/self/fd");

    @TempDir
    @Nullable
    Path directory;

    @Test
    void leaveNothingBehind() throws Exception {
        ListAppender<ILoggingEvent> leaks = new ListAppender<>();
        leaks.start();
        Logger leakLog = (Logger) LoggerFactory.getLogger(ResourceLeakDetector.class);
        leakLog.addAppender(leaks);
        assertThat(ResourceLeakDetector.getLevel()).isEqualTo(ResourceLeakDetector.Level.PARANOID);
        TlsFiles files = TlsServer.certificates(Objects.requireNonNull(directory));
        for (int i = 0; i < FIRST; i++) {
            startAndStop(files, i);
        }
        awaitNoThread();
        long filesBefore = openFiles();
        long bytesBefore = directBytes();
        for (int i = FIRST; i < SERVERS; i++) {
            startAndStop(files, i);
        }
        awaitNoThread();
        await().atMost(20, TimeUnit.SECONDS)
                .untilAsserted(() -> assertThat(openFiles()).isLessThanOrEqualTo(filesBefore));
        assertThat(directBytes()).isLessThanOrEqualTo(bytesBefore + SLACK_BYTES);
        for (int i = 0; i < 3; i++) {
            System.gc();
            // The detector reports what was collected when the next buffer is made.
            ByteBufAllocator.DEFAULT.directBuffer(16).release();
            ByteBufAllocator.DEFAULT.heapBuffer(16).release();
        }
        leakLog.detachAppender(leaks);
        assertThat(leaks.list).as("leaked buffers").isEmpty();
    }

    /** In one half of the rounds the clients go first, in the other the server does. */
    private void startAndStop(TlsFiles files, int round) throws Exception {
        IoChoice io = round % 2 == 0 ? IoChoice.AUTO : IoChoice.NIO;
        try (ClientRuntime runtime = ClientRuntime.create()) {
            try (TlsServer server = TlsServer.start(files, io)) {
                List<ImClient> clients = new ArrayList<>();
                for (String transport : List.of("tls", "tcp", "udp")) {
                    clients.add(ImClient.builder()
                            .runtime(runtime)
                            .server(server.url(transport))
                            .trust(files.certificates().resolveSibling("ca.pem"))
                            .user(transport)
                            .connect()
                            .get(30, TimeUnit.SECONDS));
                }
                for (int i = 0; i < clients.size(); i++) {
                    String to = List.of("tcp", "udp", "tls").get(i);
                    clients.get(i)
                            .send(to, "round " + round, ReceiptLevel.DELIVERED)
                            .toCompletableFuture()
                            .get(30, TimeUnit.SECONDS);
                }
                if (round / 2 % 2 == 0) {
                    runtime.close();
                }
            }
        }
    }

    private static void awaitNoThread() {
        await().atMost(30, TimeUnit.SECONDS)
                .untilAsserted(() -> assertThat(
                                Thread.getAllStackTraces().keySet().stream().map(Thread::getName))
                        .noneMatch(name -> name.startsWith("hongyan")));
    }

    private static long directBytes() {
        return ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT)
                .metric()
                .usedDirectMemory();
    }

    /** 0 where this cannot be told. */
    private static long openFiles() throws IOException {
        if (!Files.isDirectory(OPEN_FILES)) {
            return 0;
        }
        try (Stream<Path> open = Files.list(OPEN_FILES)) {
            return open.count();
        }
    }
}
