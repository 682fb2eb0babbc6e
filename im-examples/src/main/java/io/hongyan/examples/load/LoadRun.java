// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.load;

import io.hongyan.client.ConnectionListener;
import io.hongyan.client.ImClient;
import io.hongyan.client.ReceiptLevel;
import io.hongyan.examples.cli.CommandFailure;
import io.hongyan.examples.cli.ExitCode;
import io.hongyan.examples.load.LoadPlan.Pace;
import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.Chunker;
import io.hongyan.protocol.packet.ContentKind;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.MessageId;
import io.hongyan.protocol.packet.Payload;
import io.hongyan.protocol.rudp.RudpConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToLongFunction;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** One measured run: log in, send, wait for what is late, judge. */
final class LoadRun {

    private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    /** A closed ephemeral loop that stands still this long has lost what it waits for. */
    private static final long LOST_AFTER_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final Clients clients;
    private final LoadPlan plan;
    private final @Nullable ServerCpu serverCpu;
    private final Timeline timeline;
    private final @Nullable Schedule schedule;
    private final Latencies latencies = new Latencies();
    private final Latencies receipts = new Latencies();
    private final Refusals refusals = new Refusals();
    private final List<Sender> senders = new ArrayList<>();
    private final List<Receiver> receivers = new ArrayList<>();

    private long released;
    private long postedBefore;
    private long postedNanos;
    private Optional<Duration> cpuAtStart = Optional.empty();
    private Optional<Duration> cpuAtEnd = Optional.empty();

    LoadRun(Clients clients, LoadPlan plan, @Nullable ServerCpu serverCpu) {
        this.clients = clients;
        this.plan = plan;
        this.serverCpu = serverCpu;
        this.timeline = new Timeline(plan.warmup(), plan.measured());
        this.schedule =
                plan.pace() instanceof Pace.Rate rate ? new Schedule(rate.messagesPerSecond(), plan.pairs()) : null;
    }

    int run() throws InterruptedException {
        refuseWhatNoDatagramTakes();
        logIn();
        timeline.begin();
        if (plan.pace() instanceof Pace.Window window) {
            senders.forEach(sender -> sender.allow(window.inFlightPerSender()));
        }
        drive();
        awaitLateOnes();
        int sessions = clients.connected();
        clients.close();
        return report(sessions);
    }

    private void refuseWhatNoDatagramTakes() {
        boolean udp = plan.senders().transport().equals("udp")
                || plan.receivers().transport().equals("udp");
        int most = mostEphemeralBytes(clients.name("s", plan.pairs()), clients.name("r", plan.pairs()));
        if (plan.ephemeral() && udp && plan.sizeBytes() > most) {
            throw CommandFailure.usage("--size must be at most " + most + " with --mode ephemeral over UDP, not "
                    + plan.sizeBytes() + ": such a message must fit in one datagram.");
        }
    }

    private void refuseWhatTheServerDoesNotTake(ImClient sender) {
        int most = sender.maxMessageBytes();
        boolean isBetweenServers = most == 0;
        if (!isBetweenServers && plan.sizeBytes() > most) {
            throw CommandFailure.usage("--size must be at most " + most + ", which is what this server takes, not "
                    + plan.sizeBytes() + ".");
        }
    }

    /** What remains of the largest ephemeral frame when the server has written sender and time into it. */
    static int mostEphemeralBytes(String from, String to) {
        Message empty = new Message(
                new MessageId(Long.MAX_VALUE, Integer.MAX_VALUE),
                Address.user(to),
                Address.user(from),
                null,
                0,
                System.currentTimeMillis(),
                0,
                ContentKind.BINARY,
                Lane.EPHEMERAL,
                0,
                Payload.empty());
        return RudpConfig.MAX_EPHEMERAL_BYTES - Chunker.frameBytes(empty);
    }

    private void logIn() throws InterruptedException {
        List<ImClient> sending = new ArrayList<>();
        for (int pair = 0; pair < plan.pairs(); pair++) {
            String to = clients.name("r", pair);
            Sender sender = new Sender(pair, Address.user(to), plan, timeline, schedule, receipts, refusals);
            Receiver receiver = new Receiver(pair, timeline, latencies, plan.ephemeral() ? sender : null);
            String from = clients.name("s", pair);
            clients.add(plan.receivers(), to, receiver, IdleRun.NO_RECEIPTS, () -> {}, new LostConnections(to));
            sending.add(
                    clients.add(plan.senders(), from, message -> {}, sender, sender::post, new LostConnections(from)));
            senders.add(sender);
            receivers.add(receiver);
        }
        clients.connectAll();
        if (plan.awaited() == ReceiptLevel.STORED && !plan.ephemeral() && !clients.storeDurably()) {
            throw CommandFailure.usage("--await stored: this server has no durable storage and cannot say STORED.");
        }
        refuseWhatTheServerDoesNotTake(sending.get(0));
        System.err.println(2 * plan.pairs() + " sessions are logged in.");
        for (int pair = 0; pair < plan.pairs(); pair++) {
            senders.get(pair).start(sending.get(pair));
        }
    }

    /** Paces, and looks at the server's processor time, until the measured window ends. */
    private void drive() {
        long nextLook = timeline.fromNanos();
        for (long now = timeline.nowNanos(); now < timeline.untilNanos(); now = timeline.nowNanos()) {
            if (now >= nextLook) {
                cpuAtStart = cpu();
                nextLook = Long.MAX_VALUE;
            }
            long wake = Math.min(nextLook, Math.min(now + LOOK_AGAIN_NANOS, timeline.untilNanos()));
            if (schedule != null) {
                wake = Math.min(wake, release(schedule, now + 1));
            } else if (plan.ephemeral()) {
                giveUpLostOnes(now);
            }
            LockSupport.parkNanos(wake - timeline.nowNanos());
        }
        cpuAtEnd = cpu();
        if (schedule != null) {
            // What fell due while this thread slept.
            release(schedule, timeline.untilNanos());
        }
    }

    /** Allows what is due before this time; returns when the next message is due. */
    private long release(Schedule due, long beforeNanos) {
        for (long messages = due.dueBefore(beforeNanos); released < messages; released++) {
            senders.get((int) (released % plan.pairs())).allow(1);
        }
        return due.dueNanos(released);
    }

    private void giveUpLostOnes(long now) {
        long posted = sum(senders, Sender::posted);
        if (posted != postedBefore) {
            postedBefore = posted;
            postedNanos = now;
        } else if (now - postedNanos > LOST_AFTER_NANOS) {
            senders.forEach(sender -> sender.freed(sender.underWay()));
        }
    }

    private void awaitLateOnes() {
        long sent = sent();
        while (timeline.nowNanos() < timeline.endNanos()
                && (sum(receivers, Receiver::delivered) < sent
                        || (!plan.ephemeral() && sum(senders, Sender::underWay) > 0))) {
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
    }

    private long sent() {
        return schedule == null
                ? sum(senders, Sender::measured)
                : schedule.dueBefore(timeline.untilNanos()) - schedule.dueBefore(timeline.fromNanos());
    }

    private Optional<Duration> cpu() {
        return serverCpu == null ? Optional.empty() : serverCpu.read();
    }

    /** All sessions are closed: nothing changes any more. */
    private int report(int sessions) {
        long sent = sent();
        long delivered = sum(receivers, Receiver::delivered);
        long duplicated = sum(receivers, receiver -> receiver.ledger().duplicated());
        long outOfOrder = sum(receivers, receiver -> receiver.ledger().outOfOrder());
        long foreign = sum(receivers, Receiver::foreign);
        double seconds = plan.measured().toNanos() / 1e9;
        LoadResult result = new LoadResult()
                .put("transport", transport())
                .put("pairs", plan.pairs())
                .put("size", plan.sizeBytes())
                .put("mode", plan.ephemeral() ? "ephemeral" : "reliable")
                .put("await", plan.ephemeral() ? null : plan.awaited().name().toLowerCase(Locale.ROOT))
                .put("sent", sent)
                .put("delivered", delivered)
                .put("lost", sent - delivered)
                .put("duplicated", duplicated)
                .put("out_of_order", outOfOrder)
                .put("seconds", seconds)
                .put("msgs_per_s", perSecond(delivered))
                .put("sessions", sessions);
        putLatencies(result);
        putServerCpu(result, seconds);
        if (!refusals.isEmpty()) {
            System.err.println("Refused: " + refusals + "."
                    + (refusals.hasRateLimits() ? " A server for load tests runs with --no-rate-limits." : ""));
        }
        if (sent > delivered && !plan.ephemeral()) {
            sayWhatIsMissing();
        }
        if (foreign > 0) {
            System.err.println(foreign + " messages arrived where they do not belong.");
        }
        System.out.println(result.line());
        boolean clean = sent == delivered && duplicated == 0 && outOfOrder == 0 && foreign == 0;
        return clean || plan.ephemeral() ? ExitCode.OK : ExitCode.INCOMPLETE;
    }

    /** By pair: a test that fails should say where to look. */
    private void sayWhatIsMissing() {
        for (int pair = 0; pair < plan.pairs(); pair++) {
            Sender sender = senders.get(pair);
            long arrived = receivers.get(pair).ledger().arrivedOnce();
            if (sender.posted() > arrived) {
                System.err.println("pair " + pair + ": " + sender.allowed() + " due, " + sender.posted() + " posted, "
                        + arrived + " arrived, " + sender.underWay() + " without receipt");
            }
        }
    }

    private void putLatencies(LoadResult result) {
        Histogram arrivals = latencies.sum();
        Histogram answers = receipts.sum();
        result.put("p50_ms", Latencies.millis(arrivals, 50))
                .put("p95_ms", Latencies.millis(arrivals, 95))
                .put("p99_ms", Latencies.millis(arrivals, 99))
                .put("p999_ms", Latencies.millis(arrivals, 99.9))
                .put("max_ms", Latencies.millis(arrivals, 100))
                .put("receipt_p50_ms", Latencies.millis(answers, 50))
                .put("receipt_p99_ms", Latencies.millis(answers, 99));
    }

    private void putServerCpu(LoadResult result, double seconds) {
        if (cpuAtStart.isPresent() && cpuAtEnd.isPresent()) {
            double micros = cpuAtEnd.get().minus(cpuAtStart.get()).toNanos() / 1e3;
            long messages = sum(receivers, Receiver::arrivedInWindow);
            result.put("server_cpu_us_per_msg", messages == 0 ? null : micros / messages)
                    .put("server_cpu_share", micros / 1e6 / seconds);
        }
    }

    private String transport() {
        String from = plan.senders().transport();
        String to = plan.receivers().transport();
        return from.equals(to) ? from : from + "->" + to;
    }

    private double perSecond(long delivered) {
        long last =
                receivers.stream().mapToLong(Receiver::lastArrivalNanos).max().orElse(0);
        return delivered == 0 ? 0 : delivered / ((last - timeline.fromNanos()) / 1e9);
    }

    private static <T> long sum(List<T> all, ToLongFunction<T> figure) {
        return all.stream().mapToLong(figure).sum();
    }

    /** Says when a session of the run lost its connection. */
    private record LostConnections(String user) implements ConnectionListener {

        @Override
        public void disconnected(ReasonCode reason, long retryMillis) {
            System.err.println(user + " lost its connection: " + reason);
        }
    }
}
