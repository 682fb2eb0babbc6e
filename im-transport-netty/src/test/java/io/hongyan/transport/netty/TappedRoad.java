// SPDX-License-Identifier: Apache-2.0
package io.hongyan.transport.netty;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A road between one client and a server on which somebody reads along, and may change or keep what the client sends. */
final class TappedRoad implements AutoCloseable {
    /** What the client sent, as it sent it, and what the server sent. */
    final List<byte[]> fromClient = new CopyOnWriteArrayList<>();

    final List<byte[]> fromServer = new CopyOnWriteArrayList<>();
    /** Null = it is not carried. */
    volatile UnaryOperator<byte @Nullable []> up = datagram -> datagram;

    private final DatagramSocket front = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    private final DatagramSocket back = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    private final InetSocketAddress server;
    private volatile @Nullable SocketAddress client;

    TappedRoad(InetSocketAddress server) throws SocketException {
        this.server = server;
        carry(front, "tap-up", packet -> {
            client = packet.getSocketAddress();
            byte[] datagram = bytes(packet);
            fromClient.add(datagram);
            byte[] carried = up.apply(datagram);
            if (carried != null) {
                back.send(new DatagramPacket(carried, carried.length, server));
            }
        });
        carry(back, "tap-down", packet -> {
            byte[] datagram = bytes(packet);
            fromServer.add(datagram);
            toClient(datagram);
        });
    }

    /** Where the client finds its server. */
    InetSocketAddress entrance() {
        return (InetSocketAddress) front.getLocalSocketAddress();
    }

    /** Where the server believes its client to be. */
    InetSocketAddress exit() {
        return (InetSocketAddress) back.getLocalSocketAddress();
    }

    /** Sends to the client in its server's name. */
    void toClient(byte[] datagram) throws IOException {
        SocketAddress to = client;
        if (to != null) {
            front.send(new DatagramPacket(datagram, datagram.length, to));
        }
    }

    /** Sends to the server in its client's name. */
    void toServer(byte[] datagram) throws IOException {
        back.send(new DatagramPacket(datagram, datagram.length, server));
    }

    private interface Step {
        void take(DatagramPacket packet) throws IOException;
    }

    private static void carry(DatagramSocket from, String name, Step step) {
        Thread thread = new Thread(
                () -> {
                    try {
                        while (true) {
                            DatagramPacket packet = new DatagramPacket(new byte[2_048], 2_048);
                            from.receive(packet);
                            step.take(packet);
                        }
                    } catch (IOException closed) {
                        // the end of the test
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
    }

    private static byte[] bytes(DatagramPacket packet) {
        return Arrays.copyOf(packet.getData(), packet.getLength());
    }

    @Override
    public void close() {
        front.close();
        back.close();
    }
}
