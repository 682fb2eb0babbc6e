// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client.real;

import io.hongyan.core.auth.AuthResult;
import io.hongyan.core.listener.PresenceVisibility;
import io.hongyan.core.metrics.ImMetrics;
import io.hongyan.core.metrics.Metric;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.server.netty.ImServer;
import io.hongyan.server.netty.Transports;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** A real server on the loopback, on ports of its own choice, that can go away and come back. */
final class RealServer implements AutoCloseable {

    private final byte[] secret = new byte[32];
    private final boolean limitsRates;
    private ImServer server;
    private final int tcpPort;
    private final int udpPort;

    private final Map<Metric, Long> counted = new ConcurrentHashMap<>();
    private final ImMetrics counts = new ImMetrics() {
        @Override
        public void add(Metric metric, long amount) {
            counted.merge(metric, amount, Long::sum);
        }

        @Override
        public void add(Metric metric, ReasonCode code, long amount) {
            counted.merge(metric, amount, Long::sum);
        }
    };

    RealServer() {
        this(false);
    }

    /** @param limitsRates whether the default limits of messages and logins are on */
    RealServer(boolean limitsRates) {
        this.limitsRates = limitsRates;
        this.server = start(0, 0);
        this.tcpPort = server.port("tcp");
        this.udpPort = server.port("udp");
    }

    private ImServer start(int tcp, int udp) {
        ImServer.Builder builder = ImServer.builder()
                .listen(Transports.tcp("127.0.0.1", tcp))
                .listen(Transports.udp("127.0.0.1", udp))
                .authenticator(login -> CompletableFuture.completedStage(
                        login.token().equals("wrong")
                                ? AuthResult.reject(ReasonCode.LOGIN_REFUSED, "wrong token")
                                : AuthResult.accept()))
                .presenceVisibility(PresenceVisibility.everyone())
                .ioThreads(2)
                .metrics(counts)
                .serverSecret(secret);
        return (limitsRates ? builder : builder.noRateLimits()).start();
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

    /** How much of this was counted, over all restarts. */
    long counted(Metric metric) {
        return counted.getOrDefault(metric, 0L);
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
