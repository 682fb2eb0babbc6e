// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.demo;

import io.hongyan.core.metrics.ImMetrics;
import io.hongyan.core.metrics.Metric;
import io.hongyan.examples.cli.ExitCode;
import io.hongyan.examples.demo.Journal.Summary;
import io.hongyan.examples.demo.Person.Heard;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.server.netty.ImServer;
import io.hongyan.server.netty.Transports;
import io.hongyan.simnet.LinkCounters;
import io.hongyan.simnet.LinkProfile;
import io.hongyan.simnet.RelayCounters;
import io.hongyan.simnet.UdpRelay;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/** The conversation: alice on TCP, bob on UDP across a bad link, carol away and coming back. */
final class Demo {

    private static final LinkProfile TRAIN =
            LinkProfile.builder("train").delayMillis(50).loss(0.10).build();
    private static final int CHATTER = 100;
    private static final long CHATTER_GAP_NANOS = TimeUnit.MILLISECONDS.toNanos(40);
    private static final long READING_NANOS = TimeUnit.MILLISECONDS.toNanos(350);
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(15);
    private static final Route ALICE_BOB = new Route("alice", "bob");
    private static final Route BOB_ALICE = new Route("bob", "alice");
    private static final Route ALICE_CAROL = new Route("alice", "carol");
    private static final Route CAROL_ALICE = new Route("carol", "alice");

    private final PrintStream out;
    private final Journal journal = new Journal(System::nanoTime);
    private final long startNanos = System.nanoTime();
    private final AtomicLong sentAgainByServer = new AtomicLong();
    private volatile boolean chattering;

    Demo(PrintStream out) {
        this.out = out;
    }

    int run() throws IOException {
        out.println("""
                鸿雁 Hongyan: one server, three people, two transports.

                  alice   TCP ─────────────────────────────────────────┐
                  bob     reliable UDP ── 10 % lost, 50 ms each way ───┤ server
                  carol   away ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ┘
                """);
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (ImServer server = ImServer.builder()
                        .listen(Transports.tcp(loopback.getHostAddress(), 0))
                        .listen(Transports.udp(loopback.getHostAddress(), 0))
                        .allowAnyone()
                        .noRateLimits()
                        .metrics(new RetransmissionCount(sentAgainByServer))
                        .start();
                UdpRelay train = UdpRelay.to(new InetSocketAddress(loopback, server.port("udp")))
                        .profile(TRAIN)
                        .start()) {
            return talk(server, train);
        }
    }

    private int talk(ImServer server, UdpRelay train) {
        String tcp = "tcp://127.0.0.1:" + server.port("tcp");
        String udp = "udp://127.0.0.1:" + train.address().getPort();
        long sentAgainByBob;
        try (Person alice = new Person("alice", tcp, journal, this::heard);
                Person bob = new Person("bob", udp, journal, this::heard);
                Person carol = new Person("carol", tcp, journal, this::heard)) {
            alice.arrive();
            bob.arrive();
            converse(alice, bob);
            alice.say("carol", "Carol, dinner at eight?");
            alice.say("carol", "Bob comes too, if his train does.");
            alice.say("carol", "The dumplings are on me. 🥟");
            note("alice wrote to carol three times; carol is away, the server keeps it");
            chatter(alice, bob);
            note("carol comes back");
            carol.arrive();
            awaitArrived(ALICE_CAROL);
            sayAndAwait(carol, "alice", "Just back. Eight is fine!");
            bob.close();
            sentAgainByBob = bob.retransmissions();
        }
        RelayCounters counters = train.counters();
        server.close();
        return table(counters, sentAgainByBob, sentAgainByServer.get());
    }

    private void converse(Person alice, Person bob) {
        sayAndAwait(alice, "bob", "Hi Bob! Where are you?");
        sayAndAwait(bob, "alice", "On the train. Every tenth packet falls off it.");
        sayAndAwait(alice, "bob", "I read you well, every word. 一个字也没丢。");
        sayAndAwait(bob, "alice", "The wild goose carries letters: 鸿雁传书 🪿");
    }

    /** Both talk at once, faster than one can read; what they say is counted, not shown. */
    private void chatter(Person alice, Person bob) {
        note("alice and bob talk at once, " + CHATTER + " messages each way");
        chattering = true;
        for (int i = 1; i <= CHATTER; i++) {
            alice.say("bob", "from alice " + i);
            bob.say("alice", "from bob " + i);
            LockSupport.parkNanos(CHATTER_GAP_NANOS);
        }
        awaitArrived(ALICE_BOB);
        awaitArrived(BOB_ALICE);
        chattering = false;
    }

    private void sayAndAwait(Person person, String to, String text) {
        person.say(to, text);
        awaitArrived(new Route(person.name(), to));
        LockSupport.parkNanos(READING_NANOS);
    }

    private void awaitArrived(Route route) {
        long giveUpNanos = System.nanoTime() + PATIENCE_NANOS;
        while (!journal.summary(route).isComplete() && System.nanoTime() - giveUpNanos < 0) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    private void heard(Route route, Heard heard) {
        if (!chattering || route.equals(ALICE_CAROL)) {
            String took = route.equals(ALICE_CAROL) ? "kept " : "";
            line(String.format(Locale.ROOT, "%-15s %-52s %s%s", route, heard.text(), took, time(heard.tookNanos())));
        }
    }

    private void note(String text) {
        line("· " + text);
    }

    private void line(String text) {
        double seconds = (System.nanoTime() - startNanos) / 1e9;
        out.println(String.format(Locale.ROOT, "%5.1f s  %s", seconds, text));
    }

    private int table(RelayCounters train, long sentAgainByBob, long sentAgainByServer) {
        out.println();
        out.println(ROW.formatted(
                "", "way", "sent", "delivered", "doubled", "out of order", "latency p50 / p99", "retransmitted"));
        row(ALICE_BOB, "TCP → UDP", Long.toString(sentAgainByServer));
        row(BOB_ALICE, "UDP → TCP", Long.toString(sentAgainByBob));
        row(ALICE_CAROL, "TCP → kept → TCP", "-");
        row(CAROL_ALICE, "TCP → TCP", "-");
        Summary all = journal.summary(ALICE_BOB)
                .plus(journal.summary(BOB_ALICE))
                .plus(journal.summary(ALICE_CAROL))
                .plus(journal.summary(CAROL_ALICE));
        LinkCounters link = train.up().plus(train.down());
        out.println();
        out.println("Of " + link.datagramsIn() + " datagrams on bob's link " + link.datagramsLost() + " were lost.\n"
                + (all.isClean()
                        ? "Of the messages none was lost, doubled or out of order."
                        : "SOMETHING WENT WRONG."));
        return all.isClean() ? ExitCode.OK : ExitCode.INCOMPLETE;
    }

    private void row(Route route, String way, String retransmitted) {
        Summary summary = journal.summary(route);
        Histogram latencies = summary.latencies();
        String latency = route.equals(ALICE_CAROL)
                ? "until she came"
                : time(latencies.getValueAtPercentile(50)) + " / " + time(latencies.getValueAtPercentile(99));
        out.println(ROW.formatted(
                route,
                way,
                summary.sent(),
                summary.delivered(),
                summary.doubled(),
                summary.outOfOrder(),
                latency,
                retransmitted));
    }

    private static String time(long nanos) {
        return nanos < 1_000_000_000
                ? String.format(Locale.ROOT, "%.1f ms", nanos / 1e6)
                : String.format(Locale.ROOT, "%.1f s", nanos / 1e9);
    }

    /** Counts what the server's reliable UDP had to send again. */
    private record RetransmissionCount(AtomicLong frames) implements ImMetrics {

        @Override
        public void add(Metric metric, long amount) {
            if (metric == Metric.FRAMES_RETRANSMITTED) {
                frames.addAndGet(amount);
            }
        }

        @Override
        public void add(Metric metric, ReasonCode code, long amount) {}
    }

    private static final String ROW = "%-13s %-16s %4s %9s %7s %12s %18s %13s";
}
