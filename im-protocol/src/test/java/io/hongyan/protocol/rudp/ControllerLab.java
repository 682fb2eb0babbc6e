// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import io.hongyan.simnet.LinkProfile;
import io.hongyan.simnet.SimAddress;
import io.hongyan.simnet.SimNode;
import io.hongyan.simnet.SimulatedNetwork;
import io.hongyan.simnet.VirtualClock;
import java.nio.ByteBuffer;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A controller on a simulated path with the sampler and the pacer, and with the plainest sender and receiver there can be:
 * each datagram is acknowledged at once and alone, and lost is what is three numbers behind, or a second old. So what
 * happens depends on congestion control alone, and on nothing else of the engine.
 */
final class ControllerLab {
    static final long MILLI = 1_000_000L;
    static final long SECOND = 1_000_000_000L;

    private static final int DATAGRAM = RudpConfig.DATAGRAM_BYTES;
    private static final int REORDERING = 3;

    final VirtualClock clock = new VirtualClock();
    final RttEstimator rtt = new RttEstimator();
    final CongestionController controller;
    long deliveredBytes;

    private final SimulatedNetwork network;
    private final SimNode sender;
    private final SimNode receiver;
    private final SentPackets sent = new SentPackets();
    private final DeliverySampler delivery = new DeliverySampler();
    private final Pacer pacer = new Pacer();
    private final StringBuilder trace = new StringBuilder();
    private long waitingBytes;
    private long tracedBytes;
    private VirtualClock.@Nullable Task paced;
    private VirtualClock.@Nullable Task timeout;

    ControllerLab(CongestionController controller, LinkProfile link) {
        this.controller = controller;
        network = new SimulatedNetwork(clock, 1, link);
        sender = network.attach("sender", SimAddress.ipv4("10.0.0.1", 1), (from, to, ack) -> onAck(ack.getLong()));
        receiver = network.attach("receiver", SimAddress.ipv4("10.0.0.2", 1), (from, to, data) -> acknowledge(data));
        sent.reset(0);
        delivery.reset(0);
        clock.advanceBy(SECOND);
    }

    /** The way to the receiver, and back without the bottleneck, is another one from now on. */
    void link(LinkProfile link) {
        network.link(sender, receiver, link);
        network.link(receiver, sender, link.toBuilder().rate(0, 1 << 20).build());
    }

    /** The application has so much more to say. */
    void offer(long bytes) {
        waitingBytes += bytes;
        pump();
    }

    /** The application has nothing more to say. */
    void stop() {
        waitingBytes = 0;
    }

    /** What could not leave yet. */
    long waitingBytes() {
        return waitingBytes;
    }

    private void pump() {
        long now = clock.nowNanos();
        while (waitingBytes > 0) {
            if (sent.bytesInFlight() + DATAGRAM > controller.windowBytes()) {
                return;
            }
            long rate = controller.pacingBytesPerSecond(rtt);
            if (!pacer.maySend(now, rate)) {
                long next = pacer.nextNanos(now, rate);
                // As the wheel of deadlines has it.
                paced = again(paced, (next + (1L << 18) - 1) >> 18 << 18, this::pump);
                return;
            }
            send((int) Math.min(waitingBytes, DATAGRAM), now);
        }
        if (sent.bytesInFlight() + DATAGRAM <= controller.windowBytes()) {
            delivery.onAppLimited(sent.bytesInFlight());
        }
    }

    private void send(int bytes, long now) {
        long number = sent.next();
        boolean fromRest = sent.outstanding() == 0;
        sent.commit(true, now, bytes, 0, -1);
        delivery.onSent(number, sent, fromRest, now);
        if (fromRest) {
            controller.onSentFromRest(now);
        }
        pacer.onSent(bytes);
        waitingBytes -= bytes;
        ByteBuffer datagram = ByteBuffer.allocate(bytes);
        datagram.putLong(0, number);
        sender.send(receiver.address(), datagram);
        timeout = again(timeout, now + SECOND, this::loseAll);
    }

    private void acknowledge(ByteBuffer data) {
        ByteBuffer ack = ByteBuffer.allocate(Long.BYTES);
        receiver.send(sender.address(), ack.putLong(0, data.getLong(0)));
    }

    private void onAck(long number) {
        long now = clock.nowNanos();
        boolean late = number < sent.first() || sent.state(number) != SentPackets.OUTSTANDING;
        if (!late) {
            rtt.sample(now - sent.sentNanos(number), 0);
            delivery.onRtt(now - sent.sentNanos(number));
            sent.settle(number, SentPackets.ACKED);
            delivery.onAcked(number, sent.bytes(number), sent.sentNanos(number), false, now);
            deliveredBytes += sent.bytes(number);
            loseUpTo(number - REORDERING);
            judge(now);
        }
        pump();
    }

    private void loseAll() {
        loseUpTo(sent.next() - 1);
        judge(clock.nowNanos());
        pump();
    }

    private void loseUpTo(long last) {
        for (long old = sent.oldestOutstanding(); old >= 0 && old <= last; old = sent.oldestOutstanding()) {
            sent.settle(old, SentPackets.LOST);
            delivery.onLost(old, sent.bytes(old));
            waitingBytes += sent.bytes(old);
        }
    }

    private void judge(long now) {
        delivery.onAckProcessed(controller, sent, rtt, now);
        sent.forgetSettled(now, 0);
    }

    private VirtualClock.Task again(VirtualClock.@Nullable Task task, long atNanos, Runnable action) {
        if (task != null) {
            task.cancel();
        }
        return clock.schedule(atNanos, action);
    }

    /** Lets time pass and writes down what is so every {@code everyNanos}. */
    void trace(long nanos, long everyNanos) {
        for (long passed = 0; passed < nanos; passed += everyNanos) {
            clock.advanceBy(everyNanos);
            note(everyNanos);
        }
    }

    /** Writes down what is done to the path. */
    void remark(String what) {
        trace.append("# ").append(what).append('\n');
    }

    private void note(long everyNanos) {
        long arrived = deliveredBytes - tracedBytes;
        tracedBytes = deliveredBytes;
        boolean bbr = controller instanceof BbrController;
        String phase = bbr ? ((BbrController) controller).phase().name() : "CUBIC";
        long rate = bbr ? ((BbrController) controller).rateBytesPerSecond() : controller.pacingBytesPerSecond(rtt);
        trace.append(String.format(
                        Locale.ROOT,
                        "%6d ms  %-10s  rate %8d  window %7d  in flight %7d  min RTT %6d us  RTT %6d us  arrived %8d%n",
                        (clock.nowNanos() - SECOND) / MILLI,
                        phase,
                        rate,
                        controller.windowBytes(),
                        sent.bytesInFlight(),
                        rtt.minNanos() / 1_000,
                        rtt.latestNanos() / 1_000,
                        arrived * SECOND / everyNanos)
                .replace(System.lineSeparator(), "\n"));
    }

    String trace() {
        return trace.toString();
    }
}
