// SPDX-License-Identifier: Apache-2.0
package io.hongyan.transport.netty;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.hongyan.contracts.RecordingHandler;
import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.connection.Connection;
import io.hongyan.protocol.connection.ConnectionAcceptor;
import io.hongyan.protocol.connection.ConnectionHandler;
import io.hongyan.protocol.connection.Owner;
import io.hongyan.protocol.frame.Frame;
import io.hongyan.protocol.frame.Preface;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What a TCP link keeps beyond the common contract, tested with plain sockets on the other side. */
abstract class TcpContract extends NettyTransportContract {
    StreamOptions options = StreamOptions.builder().closeTimeoutMillis(1_000).build();
    TcpListener listener;

    @Override
    Listening listen(IoLoops loops, InetSocketAddress address, ConnectionAcceptor acceptor) throws IOException {
        TcpListener bound = TcpListener.bind(loops, address, options, acceptor);
        listener = bound;
        return new Listening() {
            @Override
            public InetSocketAddress address() {
                return bound.localAddress();
            }

            @Override
            public CompletionStage<Void> close(ReasonCode code) {
                return bound.close(code, "the test says so");
            }
        };
    }

    @Override
    CompletionStage<Connection> connect(
            IoLoops loops, InetSocketAddress server, Function<Connection, ConnectionHandler> handlers) {
        return new TcpConnector(loops, options).connect(server, handlers);
    }

    @Test
    void nobodyThereFailsWithTheAddressAndTheReasonOnceEach() throws IOException {
        InetSocketAddress gone;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            gone = (InetSocketAddress) socket.getLocalSocketAddress();
        }
        assertThat(connect(loops, gone, RecordingHandler::new))
                .failsWithin(10, TimeUnit.SECONDS)
                .withThrowableThat()
                .havingCause()
                .isInstanceOf(ConnectFailedException.class)
                .withMessage("cannot connect to tcp " + gone + ": Connection refused");
    }

    @Test
    void takesAStreamCutIntoSingleBytes() throws IOException {
        try (Socket socket = rawLink()) {
            byte[] stream = concat(
                    Preface.request(), numbered(0, 1).array(), numbered(1, 1).array());
            for (byte one : stream) {
                socket.getOutputStream().write(one);
                socket.getOutputStream().flush();
            }
            RecordingHandler server = onlyAccepted();
            await().until(() -> server.frames.size() == 2);
            assertSequence(server, 2, 1);
        }
    }

    /** Links are accepted in order, so the first began before the second is there. */
    @Test
    void agesFromItsBeginningAndNotFromItsPreface() throws IOException {
        byte[] preface = Preface.request();
        try (Socket slow = rawLink();
                Socket quick = rawLink()) {
            slow.getOutputStream().write(preface, 0, 4);
            quick.getOutputStream().write(preface);
            onlyAccepted();
            long secondIsThere = System.nanoTime();
            slow.getOutputStream().write(preface, 4, 4);
            await().until(() -> accepted.size() == 2);
            long now = System.nanoTime();
            long began = now - accepted.get(1).connection.ageNanos();
            assertThat(began - secondIsThere).isNegative();
        }
    }

    @Test
    void takesPrefaceAndFramesGluedTogether() throws IOException {
        try (Socket socket = rawLink()) {
            List<byte[]> parts = new ArrayList<>(List.of(Preface.request()));
            for (int i = 0; i < 500; i++) {
                parts.add(numbered(i, 2).array());
            }
            socket.getOutputStream().write(concat(parts.toArray(byte[][]::new)));
            RecordingHandler server = onlyAccepted();
            await().until(() -> server.frames.size() == 500);
            assertSequence(server, 500, 2);
            assertThat(server.readCompletes.get()).isLessThan(500);
            assertThat(socket.getInputStream().readNBytes(8)).isEqualTo(Preface.answer(1));
        }
    }

    @Test
    void answersAnUnknownVersionWithWhatItSpeaksAndCloses() throws IOException {
        try (Socket socket = rawLink()) {
            socket.getOutputStream().write(new byte[] {'H', 'Y', 'I', 'M', 0, 0, 0, 0});
            assertThat(socket.getInputStream().readAllBytes()).isEqualTo(Preface.answer(0));
        }
        assertThat(accepted).isEmpty();
    }

    @Test
    void answersBytesThatAreNoPrefaceAndCloses() throws IOException {
        try (Socket socket = rawLink()) {
            socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(US_ASCII));
            assertThat(socket.getInputStream().readAllBytes()).isEqualTo(Preface.answer(0));
        }
        assertThat(accepted).isEmpty();
    }

    @Test
    void closesALinkThatStaysSilent() throws IOException {
        options = StreamOptions.builder().prefaceTimeoutMillis(150).build();
        listening = listen(loops, anyPort(), this::accept);
        try (Socket silent = rawLink();
                Socket halfway = rawLink()) {
            halfway.getOutputStream().write(new byte[] {'H', 'Y', 'I'});
            assertThat(silent.getInputStream().read()).isEqualTo(-1);
            assertThat(halfway.getInputStream().read()).isEqualTo(-1);
        }
        assertThat(accepted).isEmpty();
    }

    @Test
    void closesTheOldestSilentLinkWhenThereAreTooMany() throws IOException {
        options = StreamOptions.builder().maxSilentLinks(2).build();
        listening = listen(loops, anyPort(), this::accept);
        List<Socket> links = new ArrayList<>();
        try {
            for (int i = 0; i < 5; i++) {
                links.add(rawLink());
            }
            assertThat(links.get(0).getInputStream().read()).isEqualTo(-1);
            links.get(4).getOutputStream().write(Preface.request());
            assertThat(links.get(4).getInputStream().readNBytes(8)).isEqualTo(Preface.answer(1));
        } finally {
            for (Socket link : links) {
                link.close();
            }
        }
    }

    @Test
    void takesNoLongFrameFromAStranger() throws IOException {
        admits = false;
        try (Socket socket = rawLink()) {
            byte[] header = {0, 0x20, 0, 1};
            socket.getOutputStream().write(concat(Preface.request(), header));
            RecordingHandler server = onlyAccepted();
            await().until(server::isClosed);
            assertThat(server.closedReason).isEqualTo(ReasonCode.FRAME_TOO_LARGE);
        }
    }

    @Test
    void refusesAnOversizeFrameByItsHeaderAlone() throws IOException {
        try (Socket socket = rawLink()) {
            socket.getOutputStream().write(concat(Preface.request(), new byte[] {0x7F, 0, 0, 1}));
            RecordingHandler server = onlyAccepted();
            await().until(server::isClosed);
            assertThat(server.violations).hasSize(1);
            assertThat(server.closedReason).isEqualTo(ReasonCode.FRAME_TOO_LARGE);
        }
    }

    @Test
    void deliversWhatCameBeforeThePeerHalfClosedAndAnswersIt() throws IOException {
        serverHandlers = Echo::new;
        byte[] frames = concat(numbered(0, 3).array(), numbered(1, 3).array());
        try (Socket socket = rawLink()) {
            socket.getOutputStream().write(concat(Preface.request(), frames));
            socket.shutdownOutput();
            assertThat(socket.getInputStream().readAllBytes()).isEqualTo(concat(Preface.answer(1), frames));
        }
        RecordingHandler server = onlyAccepted();
        await().until(server::isClosed);
        assertThat(server.closedByPeer).isTrue();
        assertThat(server.closedReason).isEqualTo(ReasonCode.CONNECTION_LOST);
    }

    @Test
    void aPeerThatHalfClosedWhileWeDidNotReadIsStillReadToItsEnd() throws IOException {
        serverHandlers = connection -> {
            connection.pauseReading();
            return new RecordingHandler(connection);
        };
        try (Socket socket = rawLink()) {
            socket.getOutputStream().write(Preface.request());
            RecordingHandler server = onlyAccepted();
            List<byte[]> parts = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                parts.add(numbered(i, 4).array());
            }
            socket.getOutputStream().write(concat(parts.toArray(byte[][]::new)));
            socket.shutdownOutput();
            await().during(Duration.ofMillis(200)).until(() -> server.frames.isEmpty());
            on(server, server.connection::resumeReading);
            await().until(server::isClosed);
            assertSequence(server, 1_000, 4);
        }
    }

    @Test
    void aResetByThePeerIsAConnectionLost() throws IOException {
        Socket socket = rawLink();
        socket.getOutputStream().write(Preface.request());
        RecordingHandler server = onlyAccepted();
        socket.setSoLinger(true, 0);
        socket.close();
        await().until(server::isClosed);
        assertThat(server.closedReason).isEqualTo(ReasonCode.CONNECTION_LOST);
        assertThat(server.closedByPeer).isTrue();
    }

    @Test
    void givesUpOnAPeerThatNeverReadsWhenClosing() throws IOException {
        try (Socket socket = rawLink()) {
            socket.getOutputStream().write(Preface.request());
            RecordingHandler server = onlyAccepted();
            on(server, () -> {
                Frame frame = Frame.of(TYPE, new byte[8_000]);
                while (server.connection.isWritable(Lane.CHAT)) {
                    server.connection.write(Lane.CHAT, frame);
                }
            });
            Frame frame = Frame.of(TYPE, new byte[60_000]);
            on(server, new Runnable() {
                @Override
                public void run() {
                    if (server.connection.isWritable(Lane.CHAT)) {
                        server.connection.write(Lane.CHAT, frame);
                        server.connection.flush();
                        server.connection.owner().schedule(100_000, this);
                    } else {
                        server.connection.close(ReasonCode.IDLE_TIMEOUT, "it never reads");
                    }
                }
            });
            await().atMost(10, TimeUnit.SECONDS).until(server::isClosed);
            assertThat(server.closedReason).isEqualTo(ReasonCode.IDLE_TIMEOUT);
        }
    }

    @Test
    void waitsForThePeersEndSoThatItsLastInputDoesNotResetTheLink() throws IOException {
        try (Socket socket = rawLink()) {
            socket.getOutputStream().write(Preface.request());
            RecordingHandler server = onlyAccepted();
            on(server, () -> {
                server.connection.write(Lane.CHAT, numbered(0, 5));
                server.connection.close(ReasonCode.KICKED, "");
            });
            byte[] expected = concat(Preface.answer(1), numbered(0, 5).array());
            assertThat(socket.getInputStream().readNBytes(expected.length)).isEqualTo(expected);
            socket.getOutputStream().write(numbered(0, 6).array());
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
        assertThat(onlyAccepted().frames).isEmpty();
    }

    @Test
    void failsToConnectWithTheReasonOfTheNetwork() throws Exception {
        int free;
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = probe.getLocalPort();
        }
        CompletionStage<Connection> refused =
                connect(loops, new InetSocketAddress(InetAddress.getLoopbackAddress(), free), RecordingHandler::new);
        assertThat(refused.toCompletableFuture())
                .failsWithin(10, TimeUnit.SECONDS)
                .withThrowableThat()
                .havingCause()
                .isInstanceOf(IOException.class);
    }

    @Test
    void aServerThatDoesNotSpeakOurVersionEndsTheClientWithTheCode() throws Exception {
        assertThat(clientAnsweredWith(Preface.answer(0))).isEqualTo(ReasonCode.UNSUPPORTED_VERSION);
        assertThat(clientAnsweredWith("HTTP/1.1 400".getBytes(US_ASCII))).isEqualTo(ReasonCode.MALFORMED_FRAME);
        assertThat(clientAnsweredWith(Preface.refusal(ReasonCode.PROTECTION_REQUIRED)))
                .isEqualTo(ReasonCode.PROTECTION_REQUIRED);
        options = StreamOptions.builder().prefaceTimeoutMillis(100).build();
        assertThat(clientAnsweredWith(new byte[0])).isEqualTo(ReasonCode.HANDSHAKE_TIMEOUT);
    }

    @Test
    void isConnectedOnlyWhenTheServerHasAnswered() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Connection> connecting = connect(
                            loops, (InetSocketAddress) server.getLocalSocketAddress(), RecordingHandler::new)
                    .toCompletableFuture();
            try (Socket link = server.accept()) {
                assertThat(link.getInputStream().readNBytes(8)).isEqualTo(Preface.request());
                assertThat(connecting).isNotDone();
                link.getOutputStream().write(Preface.answer(1));
                assertThat(connecting).succeedsWithin(10, TimeUnit.SECONDS);
            }
        }
    }

    @Test
    void aConnectionNobodyWaitsForIsClosed() {
        Owner owner = loops.owner(0);
        owner.execute(() -> {
            CompletionStage<Connection> stage =
                    new TcpConnector(loops, options).connect(owner, listening.address(), RecordingHandler::new);
            stage.toCompletableFuture().cancel(false);
        });
        await().until(() -> listener.connections() == 0 && accepted.stream().allMatch(RecordingHandler::isClosed));
    }

    @Test
    void countsItsConnections() {
        RecordingHandler client = connected();
        onlyAccepted();
        assertThat(listener.connections()).isEqualTo(1);
        on(client, () -> client.connection.close(ReasonCode.CLOSED_LOCALLY, ""));
        await().until(() -> listener.connections() == 0);
    }

    /** With what code the stage fails, and the handler hears of the end. */
    private ReasonCode clientAnsweredWith(byte[] answer) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            List<RecordingHandler> client = new CopyOnWriteArrayList<>();
            CompletableFuture<Connection> connecting = connect(
                            loops, (InetSocketAddress) server.getLocalSocketAddress(), connection -> {
                                client.add(new RecordingHandler(connection));
                                return client.get(0);
                            })
                    .toCompletableFuture();
            try (Socket link = server.accept()) {
                assertThat(link.getInputStream().readNBytes(8)).isEqualTo(Preface.request());
                link.getOutputStream().write(answer);
                await().until(() -> {
                    try {
                        return link.getInputStream().read() == -1;
                    } catch (SocketException reset) {
                        return true;
                    }
                });
            }
            ExecutionException failure =
                    catchThrowableOfType(ExecutionException.class, () -> connecting.get(10, TimeUnit.SECONDS));
            ReasonCode code = ((ConnectFailedException) failure.getCause()).reason();
            assertThat(client.get(0).closedReason).isEqualTo(code);
            return code;
        }
    }

    private Socket rawLink() throws IOException {
        Socket socket =
                new Socket(listening.address().getAddress(), listening.address().getPort());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(10_000);
        return socket;
    }

    static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
