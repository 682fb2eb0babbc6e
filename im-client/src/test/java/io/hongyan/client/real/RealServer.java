// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client.real;

import io.hongyan.core.auth.AuthResult;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.server.netty.ImServer;
import io.hongyan.server.netty.Transports;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** A real server on the loopback, on ports of its own choice, that can go away and come back. */
final class RealServer implements AutoCloseable {

    private final byte[] secret = new byte[32];
    private ImServer server = start(0, 0);
    private final int tcpPort = server.port("tcp");
    private final int udpPort = server.port("udp");

    private ImServer start(int tcp, int udp) {
        return ImServer.builder()
                .listen(Transports.tcp("127.0.0.1", tcp))
                .listen(Transports.udp("127.0.0.1", udp))
                .authenticator(login -> CompletableFuture.completedStage(
                        login.token().equals("wrong")
                                ? AuthResult.reject(ReasonCode.LOGIN_REFUSED, "wrong token")
                                : AuthResult.accept()))
                .noRateLimits()
                .ioThreads(2)
                .serverSecret(secret)
                .start();
    }

    /** Ends without a drain, and everything it had in memory is gone. */
    void kill() {
        server.stop(Duration.ZERO);
        server.awaitStop();
    }

    /** Comes back on the same ports. */
    void restart() {
        server = start(tcpPort, udpPort);
    }

    ImServer get() {
        return server;
    }

    String url(String transport) {
        return transport + "://127.0.0.1:" + port(transport);
    }

    int port(String transport) {
        return transport.equals("udp") ? udpPort : tcpPort;
    }

    @Override
    public void close() {
        kill();
    }
}
