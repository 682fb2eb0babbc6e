// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.load;

import io.hongyan.client.ConnectionListener;
import io.hongyan.client.ReceiptLevel;
import io.hongyan.client.ReceiptListener;
import io.hongyan.client.ServerAddress;
import io.hongyan.examples.cli.ExitCode;
import io.hongyan.protocol.ReasonCode;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Holds sessions that say nothing. */
final class IdleRun {

    private final Clients clients;
    private final ServerAddress server;
    private final int sessions;
    private final Duration held;
    private final @Nullable Returns returns;
    private final @Nullable ServerCpu serverCpu;

    /** @param reconnect whether to end as soon as all were away and are back */
    IdleRun(
            Clients clients,
            ServerAddress server,
            int sessions,
            Duration held,
            boolean reconnect,
            @Nullable ServerCpu serverCpu) {
        this.clients = clients;
        this.server = server;
        this.sessions = sessions;
        this.held = held;
        this.returns = reconnect ? new Returns(sessions, System::nanoTime) : null;
        this.serverCpu = serverCpu;
    }

    int run() throws InterruptedException {
        for (int i = 0; i < sessions; i++) {
            clients.add(server, clients.name("i", i), message -> {}, NO_RECEIPTS, () -> {}, listener(i));
        }
        clients.connectAll();
        System.out.println("IDLE {\"sessions\":" + sessions + "}");
        Optional<Duration> cpuAtStart = cpu();
        boolean isBack = hold();
        Optional<Duration> cpuAtEnd = cpu();
        int left = clients.connected();
        LoadResult result = new LoadResult()
                .put("transport", server.transport())
                .put("seconds", held.toNanos() / 1e9)
                .put("sessions", left);
        if (cpuAtStart.isPresent() && cpuAtEnd.isPresent() && !held.isZero()) {
            long usedNanos = cpuAtEnd.get().minus(cpuAtStart.get()).toNanos();
            result.put("server_cpu_share", (double) usedNanos / held.toNanos());
        }
        System.out.println(result.line());
        if (left < sessions) {
            System.err.println((sessions - left) + " of " + sessions + " sessions were lost.");
        }
        return left < sessions || !isBack ? ExitCode.INCOMPLETE : ExitCode.OK;
    }

    private Optional<Duration> cpu() {
        return serverCpu == null ? Optional.empty() : serverCpu.read();
    }

    /** @return whether all are back, if that was asked */
    private boolean hold() throws InterruptedException {
        if (returns == null) {
            new CountDownLatch(1).await(held.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        }
        boolean isBack = returns.await(held);
        System.out.println(returns.line());
        if (!isBack) {
            System.err.println(returns.missing() + " of " + sessions + " sessions were not lost, or are not back.");
        }
        return isBack;
    }

    private ConnectionListener listener(int session) {
        return returns == null ? NO_NEWS : returns.of(session);
    }

    private static final ConnectionListener NO_NEWS = new ConnectionListener() {};

    static final ReceiptListener NO_RECEIPTS = new ReceiptListener() {
        @Override
        public void reached(ReceiptLevel level, long firstCounter, long lastCounter) {}

        @Override
        public void failed(ReasonCode code, long firstCounter, long lastCounter) {}
    };
}
