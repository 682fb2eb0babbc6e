// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hongyan.examples.HongyanProcess;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(180)
@Tag("once")
class ServerIT {

    @Test
    void saysReadyOnceWithThePortsOfTheNamedListenersOnly() {
        try (HongyanProcess both = HongyanProcess.start("server", "--tcp", "0", "--udp", "0");
                HongyanProcess tcp = HongyanProcess.start("server", "--tcp", "0")) {
            both.awaitOut("READY");
            tcp.awaitOut("READY");
            both.signal("TERM");
            tcp.signal("TERM");

            assertThat(both.awaitExit()).isZero();
            assertThat(tcp.awaitExit()).isZero();
            assertThat(both.out()).hasSize(1);
            assertThat(both.out().get(0)).matches("READY \\{\"tcp\":[1-9]\\d*,\"udp\":[1-9]\\d*}");
            assertThat(tcp.out()).hasSize(1);
            assertThat(tcp.out().get(0)).matches("READY \\{\"tcp\":[1-9]\\d*}");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "INT"})
    void drainsOnASignalAndThePortCanBeBoundAgain(String signal) {
        int port;
        try (HongyanProcess first = HongyanProcess.start("server", "--tcp", "0");
                HongyanProcess user = chatOn(first)) {
            port = first.port("tcp");
            first.signal(signal);
            assertThat(first.awaitExit()).isZero();
            assertThat(user.isAlive()).isTrue();
        }
        try (HongyanProcess second = HongyanProcess.start("server", "--tcp", Integer.toString(port))) {
            assertThat(second.awaitOut("READY")).isEqualTo("READY {\"tcp\":" + port + "}");
        }
    }

    @Test
    void endsWithThreeWhenThePortIsTaken() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                HongyanProcess server = HongyanProcess.start("server", "--tcp", "" + taken.getLocalPort())) {
            assertThat(server.awaitExit()).isEqualTo(3);
            assertThat(server.out()).isEmpty();
            assertThat(server.err()).anyMatch(line -> line.contains("" + taken.getLocalPort()));
        }
    }

    @Test
    void endsWithThreeWhenTheHostIsNotHere() {
        try (HongyanProcess server = HongyanProcess.start("server", "--host", "no.such.host.invalid")) {
            assertThat(server.awaitExit()).isEqualTo(3);
            assertThat(String.join("\n", server.err())).contains("no.such.host.invalid");
        }
    }

    @Test
    void secondSignalEndsAtOnceWithOne() {
        try (HongyanProcess server = HongyanProcess.server("--drain-seconds", "60");
                HongyanProcess stuck = chatOn(server)) {
            // A stopped client acknowledges nothing, so the drain takes its whole time.
            stuck.signal("STOP");
            try (HongyanProcess sender = HongyanProcess.start("chat", "--server", server.url("tcp"), "--user", "s")) {
                sender.type("@stuck hello");
                sender.awaitErr("online");
                server.signal("TERM");
                server.awaitErr("drain");
                server.signal("TERM");
                assertThat(server.awaitExit()).isEqualTo(1);
            } finally {
                stuck.signal("CONT");
            }
        }
    }

    @Test
    void withoutATokenItListensOnTheLoopbackOnlyAndSaysSo() throws IOException {
        try (HongyanProcess server = HongyanProcess.server()) {
            server.awaitErr("anybody may log in");
            int port = server.port("tcp");
            try (Socket socket = new Socket("127.0.0.1", port)) {
                assertThat(socket.isConnected()).isTrue();
            }
            assertThat(server.err()).noneMatch(line -> line.contains("0.0.0.0"));
        }
    }

    @Test
    void withoutFileDescriptorsItSaysSoOnceAndServesAgainWhenSomeAreFree() throws IOException {
        int openFiles = 256;
        try (HongyanProcess server =
                HongyanProcess.startWithOpenFiles(openFiles, "server", "--tcp", "0", "--no-rate-limits")) {
            server.awaitOut("READY");
            Socket late = takeAllFiles(server, openFiles);
            late.setSoTimeout((int) HongyanProcess.PATIENCE.toMillis());
            assertThat(late.getInputStream().readNBytes(4))
                    .asString(StandardCharsets.US_ASCII)
                    .isEqualTo("HYIM");
            late.close();
            try (HongyanProcess alice = HongyanProcess.start(
                            "chat", "--server", server.url("tcp"), "--user", "alice", "--to", "alice");
                    HongyanProcess user = chatOn(server)) {
                alice.type("hi").endInput();
                assertThat(alice.awaitExit()).as("%s", alice.err()).isZero();
                assertThat(user.isAlive()).isTrue();
            }
            assertThat(server.err().stream().filter(line -> line.contains("accepts no connections")))
                    .hasSize(1)
                    .first()
                    .asString()
                    .contains("file descriptors");
            assertThat(server.err()).noneMatch(line -> line.startsWith("\tat "));
        }
    }

    /** Whatever it is that there is no file descriptor left for: a loop, a listener, a class of the JDK. */
    @ParameterizedTest
    @ValueSource(ints = {8, 12, 15, 18, 21})
    void endsWithThreeAndASentenceWhenItCannotStartForWantOfFileDescriptors(int openFiles) {
        try (HongyanProcess server =
                HongyanProcess.startWithOpenFiles(openFiles, "server", "--tcp", "0", "--udp", "0")) {
            Awaitility.await()
                    .atMost(HongyanProcess.PATIENCE)
                    .until(() -> !server.isAlive() || !server.out().isEmpty());
            if (!server.isAlive()) {
                assertThat(server.awaitExit()).as("%s", server.err()).isEqualTo(3);
                assertThat(server.err())
                        .anyMatch(line -> line.startsWith("No socket: ") || line.startsWith("Cannot listen: "));
            }
            assertThat(server.err()).noneMatch(line -> line.startsWith("\tat "));
        }
    }

    @Test
    void logsFiguresAndHowItIs() {
        try (HongyanProcess server = HongyanProcess.server("--stats-seconds", "0.5");
                HongyanProcess user = chatOn(server)) {
            String line = server.awaitErr("sessions=1 users=1");
            assertThat(line)
                    .contains(" connections=1 strangers=0 ")
                    .contains("messages_refused=0 logins_refused=0 sessions_closed=0 ")
                    .contains("alive=true ready=true problems=\"\"");
            assertThat(user.isAlive()).isTrue();
        }
    }

    /** One connection more, which has said its preface: those that say nothing would make room. */
    private static boolean isAnswered(HongyanProcess server, List<Socket> sockets) throws IOException {
        Socket socket = new Socket("127.0.0.1", server.port("tcp"));
        sockets.add(socket);
        socket.setSoTimeout(5_000);
        try {
            socket.getOutputStream().write(new byte[] {'H', 'Y', 'I', 'M', 1, 0, 0, 0});
            return socket.getInputStream().readNBytes(8).length == 8;
        } catch (SocketException | SocketTimeoutException refused) {
            return false;
        }
    }

    /** Returns a connection that waited while the server could accept none; the others are gone again. */
    private static Socket takeAllFiles(HongyanProcess server, int openFiles) throws IOException {
        List<Socket> sockets = new ArrayList<>();
        try {
            while (sockets.size() < openFiles && isAnswered(server, sockets)) {
                continue;
            }
            server.awaitErr("accepts no connections");
            Socket last = new Socket("127.0.0.1", server.port("tcp"));
            last.getOutputStream().write(new byte[] {'H', 'Y', 'I', 'M', 1, 0, 0, 0});
            // Several attempts of the server long.
            last.setSoTimeout(500);
            assertThatThrownBy(last.getInputStream()::read).isInstanceOf(SocketTimeoutException.class);
            return last;
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "--ws 0, WebSocket",
        "--data some/directory --store jdbc:postgresql:im, --data and --store",
        "--store jdbc:oracle:im, --store",
        "--keep-days 7, --keep-days",
        "--tcp 65536, 65536",
        "--tcp x, --tcp",
        "--max-frame 12, --max-frame",
        "--drain-to im2:7901, im2:7901",
        "--drain-to http://im2:7901, http://im2:7901",
        "--drain-window 11, leavingOver",
        "--come-back-after 4000, comingBackAfter",
        "--token=, --token",
        "--colour red, --colour"
    })
    void refusesWhatItCannotDoWithTwo(String arguments, String named) {
        try (HongyanProcess server = HongyanProcess.start(("server " + arguments).split(" "))) {
            assertThat(server.awaitExit()).isEqualTo(2);
            assertThat(server.out()).isEmpty();
            assertThat(String.join("\n", server.err())).contains(named);
        }
    }

    @Test
    void takesOptionsFromTheEnvironment() {
        Map<String, String> environment = Map.of("HONGYAN_TCP", "0", "HONGYAN_TOKEN", "口令");
        try (HongyanProcess server = HongyanProcess.start(environment, Redirect.PIPE, "server", "--host", "127.0.0.1");
                HongyanProcess stranger = HongyanProcess.start("chat", "--server", ready(server), "--user", "x")) {
            assertThat(stranger.awaitExit()).isEqualTo(2);
            assertThat(server.out().get(0)).doesNotContain("udp");
        }
    }

    private static String ready(HongyanProcess server) {
        server.awaitOut("READY");
        return server.url("tcp");
    }

    private static HongyanProcess chatOn(HongyanProcess server) {
        HongyanProcess chat = HongyanProcess.start("chat", "--server", ready(server), "--user", "stuck");
        chat.awaitErr("online");
        return chat;
    }
}
