// SPDX-License-Identifier: Apache-2.0
package io.hongyan.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hongyan.contracts.RecordingHandler;
import io.hongyan.contracts.TransportContract;
import io.hongyan.protocol.Lane;
import io.hongyan.protocol.connection.Connection;
import io.hongyan.protocol.connection.ConnectionHandler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A hundred servers, one after the other, leave nothing behind. */
@Timeout(120)
@ExtendWith(LooksOften.class)
class StartsAndStopsTest {
    private static final Path OPEN_FILES = Path.of("/proc/self/fd");

    @ParameterizedTest
    @EnumSource(
            value = IoChoice.class,
            names = {"EPOLL", "NIO"})
    void leavesNoThreadAndNoFile(IoChoice io) throws Exception {
        assumeTrue(io == IoChoice.NIO || IoChoice.isEpollAvailable());
        startAndStop(io, 0);
        long before = openFiles();
        for (int i = 1; i <= 100; i++) {
            startAndStop(io, i);
        }
        await().atMost(20, TimeUnit.SECONDS).untilAsserted(() -> {
            assertThat(threadNames()).noneMatch(name -> name.startsWith("starts-and-stops"));
            assertThat(openFiles()).isLessThanOrEqualTo(before);
        });
    }

    @Test
    void closingTwiceIsFine() {
        IoLoops loops = IoLoops.builder().threads(1).build();
        loops.close();
        loops.close();
    }

    @Test
    void aLoopMayCloseItsOwnLoops() throws Exception {
        IoLoops loops =
                IoLoops.builder().threads(2).name("starts-and-stops-own").build();
        loops.owner(0).execute(loops::close);
        await().until(() -> threadNames().stream().noneMatch(name -> name.startsWith("starts-and-stops-own")));
    }

    @Test
    void threadsAreNamedAfterTheirLoop() {
        try (IoLoops loops = IoLoops.builder().threads(3).build()) {
            for (int i = 0; i < 3; i++) {
                String[] name = new String[1];
                loops.owner(i).execute(() -> name[0] = Thread.currentThread().getName());
                await().until(() -> name[0] != null);
                assertThat(name[0]).isEqualTo("hongyan-io-" + i);
                assertThat(loops.owner(i).index()).isEqualTo(i);
            }
        }
    }

    private static void startAndStop(IoChoice io, int round) throws Exception {
        List<Connection> accepted = new CopyOnWriteArrayList<>();
        try (IoLoops loops =
                IoLoops.builder().threads(2).io(io).name("starts-and-stops").build()) {
            TcpListener tcp =
                    TcpListener.bind(loops, TransportContract.anyPort(), StreamOptions.defaults(), connection -> {
                        accepted.add(connection);
                        return new RecordingHandler(connection);
                    });
            Connection client = new TcpConnector(loops, StreamOptions.defaults())
                    .connect(tcp.localAddress(), connection -> (ConnectionHandler) new RecordingHandler(connection))
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS);
            client.owner().execute(() -> {
                client.write(Lane.CHAT, TransportContract.numbered(round, 1));
                client.flush();
            });
            await().until(() -> !accepted.isEmpty());
        }
    }

    /** 0 where this cannot be told. */
    static long openFiles() throws IOException {
        if (!Files.isDirectory(OPEN_FILES)) {
            return 0;
        }
        try (Stream<Path> files = Files.list(OPEN_FILES)) {
            return files.count();
        }
    }

    private static List<String> threadNames() {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName).toList();
    }
}
