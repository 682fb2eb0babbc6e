// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.client.ImClient;
import io.hongyan.client.ReceiptLevel;
import io.hongyan.client.SendOptions;
import io.hongyan.examples.HongyanProcess;
import io.hongyan.protocol.frame.Preface;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.BinaryPacketCodec;
import io.hongyan.protocol.packet.DeviceId;
import io.hongyan.protocol.packet.Login;
import io.hongyan.protocol.packet.Payload;
import io.hongyan.protocol.packet.UserId;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A reader stops reading while somebody sends to it as fast as he can, in a server with 256 MB of heap: nobody else is
 * harmed, and the reader is closed with its code.
 */
@Timeout(300)
@Tag("once")
class StoppedReaderIT {
    private static final int HEAP_MIB = 256;
    /** The reader is found within half a minute; a busy machine is given time. */
    private static final Duration LONGEST = Duration.ofMinutes(3);

    private static final Pattern HEAP = Pattern.compile(" heap_mib=(\\d+) heap_max_mib=(\\d+) ");

    /** One reader on TCP and one on UDP, each flooded by a sender of his own. */
    @ParameterizedTest
    @CsvSource({"close, SLOW_CONSUMER", "keep, NO_PROGRESS"})
    void costsItselfOnly(String policy, String code) throws Exception {
        try (HongyanProcess server = server(policy);
                HongyanProcess pairs = pairs(server);
                AutoCloseable overTcp = tcpReader(server, "reader-tcp");
                AutoCloseable overUdp = udpReader(server, "reader-udp");
                Flood flood = new Flood(server.url("tcp"), "reader-tcp");
                Flood other = new Flood(server.url("tcp"), "reader-udp")) {
            assertThat(List.of(overTcp, overUdp)).hasSize(2);
            Awaitility.await()
                    .atMost(LONGEST)
                    .untilAsserted(() -> assertThat(closedWith(code, server)).isEqualTo(2));
            assertThat(pairs.awaitExit())
                    .as("nothing lost, doubled or out of order: %s", pairs.err())
                    .isZero();

            assertThat(other.posted).isGreaterThan(1_000);
            assertThat(flood.posted).isGreaterThan(1_000);
            if (policy.equals("keep")) {
                assertThat(server.err()).anyMatch(line -> line.matches(".* spilled=[1-9].*"));
            }
            assertThat(server.isAlive()).isTrue();
            assertThat(server.err()).noneMatch(line -> line.contains("OutOfMemory"));
            List<String> stats = server.err().stream()
                    .filter(line -> line.contains("event=stats"))
                    .toList();
            assertThat(stats).allMatch(line -> line.contains("alive=true ")).allSatisfy(line -> {
                Matcher heap = HEAP.matcher(line);
                assertThat(heap.find()).isTrue();
                assertThat(Integer.parseInt(heap.group(2))).isLessThanOrEqualTo(HEAP_MIB);
            });
        }
    }

    /** How many sessions the server's lines of figures say were closed so. */
    private static int closedWith(String code, HongyanProcess server) {
        Matcher counts =
                Pattern.compile(" sessions_closed=\\S*?" + code + ":(\\d+)").matcher(String.join("\n", server.err()));
        return counts.results()
                .mapToInt(count -> Integer.parseInt(count.group(1)))
                .sum();
    }

    private static HongyanProcess server(String policy) {
        HongyanProcess server = HongyanProcess.start(
                Map.of("JDK_JAVA_OPTIONS", "-Xmx" + HEAP_MIB + "m"),
                HongyanProcess.nullDevice(),
                "server",
                "--tcp",
                "0",
                "--udp",
                "0",
                "--no-rate-limits",
                "--stats-seconds",
                "1",
                "--slow-consumer",
                policy);
        server.awaitOut("READY");
        return server;
    }

    /** Two on TCP that chat while all of it happens; it ends with 0 only if every message arrived once and in order. */
    private static HongyanProcess pairs(HongyanProcess server) {
        return HongyanProcess.start(
                "load",
                "--server",
                server.url("tcp"),
                "--pairs",
                "2",
                "--size",
                "100",
                "--rate",
                "50",
                "--seconds",
                "10",
                "--warmup",
                "1");
    }

    /** A socket with a small buffer that logs in, and never reads. */
    private static AutoCloseable tcpReader(HongyanProcess server, String user) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4096);
        socket.connect(new InetSocketAddress("127.0.0.1", server.port("tcp")));
        socket.getOutputStream().write(Preface.request());
        Login login = new Login(new UserId(user), new DeviceId("phone"), "test", "", 1, 0);
        socket.getOutputStream().write(BinaryPacketCodec.V1.encode(login).array());
        socket.getOutputStream().flush();
        return socket;
    }

    /** A client whose first callback does not return. */
    private static AutoCloseable udpReader(HongyanProcess server, String user) {
        CountDownLatch over = new CountDownLatch(1);
        ImClient client = ImClient.builder()
                .server(server.url("udp"))
                .user(user)
                .keepAlive(Duration.ofSeconds(5))
                .onMessage(message -> awaitQuietly(over))
                .connect()
                .join();
        return () -> {
            over.countDown();
            client.close();
        };
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Sends to the reader as fast as its window lets it, until it is closed. */
    private static final class Flood implements AutoCloseable {
        private final Address to;
        private final Semaphore room = new Semaphore(0);
        private final ImClient client;
        private final Thread thread = new Thread(this::run, "flood");
        private volatile boolean over;
        private volatile int posted;

        Flood(String url, String to) {
            this.to = Address.user(to);
            client = ImClient.builder()
                    .server(url)
                    .user("to-" + to)
                    .onWritable(room::release)
                    .connect()
                    .join();
            thread.start();
        }

        private void run() {
            SendOptions options = SendOptions.binary().awaiting(ReceiptLevel.ACCEPTED);
            Payload payload = Payload.of(new byte[1024]);
            try {
                while (!over) {
                    if (client.post(to, payload, options) > 0) {
                        posted++;
                    } else {
                        room.tryAcquire(1, TimeUnit.SECONDS);
                    }
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void close() throws InterruptedException {
            over = true;
            room.release();
            thread.join(HongyanProcess.PATIENCE.toMillis());
            client.close();
        }
    }
}
