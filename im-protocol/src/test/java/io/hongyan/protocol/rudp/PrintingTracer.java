// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

/** Prints what an engine does, for the replay of a seed. */
final class PrintingTracer implements RudpTracer {
    private final String name;

    PrintingTracer(String name) {
        this.name = name;
    }

    private void print(long nowNanos, String what) {
        System.out.printf("%10.3f ms %s %s%n", nowNanos / 1e6, name, what);
    }

    @Override
    public void onSent(RudpConnection connection, long nowNanos, long packetNumber, int bytes, boolean ackEliciting) {
        print(nowNanos, "sent " + packetNumber + " " + bytes + " B" + (ackEliciting ? "" : " ack only"));
    }

    @Override
    public void onReceived(RudpConnection connection, long nowNanos, long packetNumber, int bytes) {
        print(nowNanos, "received " + packetNumber + " " + bytes + " B");
    }

    @Override
    public void onAcked(RudpConnection connection, long nowNanos, long packetNumber) {
        print(nowNanos, "acked " + packetNumber);
    }

    @Override
    public void onLost(RudpConnection connection, long nowNanos, long packetNumber, boolean byTimer) {
        print(nowNanos, "lost " + packetNumber + (byTimer ? " by timer" : ""));
    }

    @Override
    public void onSpuriousLoss(RudpConnection connection, long nowNanos, long packetNumber) {
        print(nowNanos, "spurious " + packetNumber);
    }

    @Override
    public void onWindow(RudpConnection connection, long nowNanos, int windowBytes, long smoothedRttNanos) {
        print(nowNanos, "window " + windowBytes + " B, rtt " + smoothedRttNanos / 1_000 + " us");
    }

    @Override
    public void onState(RudpConnection connection, long nowNanos, String from, String to) {
        print(nowNanos, from + " > " + to);
    }

    @Override
    public void onDropped(long nowNanos, DropReason reason, PeerAddress from, int bytes) {
        print(nowNanos, "dropped " + reason + " " + bytes + " B from " + from);
    }
}
