// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.jmh;

import io.hongyan.protocol.rudp.PeerAddress;
import io.hongyan.protocol.rudp.RudpConfig;
import io.hongyan.protocol.rudp.RudpEndpoint;
import io.hongyan.protocol.rudp.RudpEvent;
import io.hongyan.protocol.rudp.RudpTracer;
import io.hongyan.protocol.rudp.ServerSecret;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What does a handshake cost the server's engine? {@code cookie} answers a first datagram, {@code accept} makes a
 * connection of the second and answers that; one handshake is both. The random source is the real one.
 *
 * <p>Clients are of an endpoint of their own and not measured. They confirm, and stay until the iteration ends.
 */
@State(Scope.Thread)
@SuppressWarnings("NullAway.Init")
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 8, time = 1)
@Measurement(iterations = 5, time = 1)
public class HandshakeBenchmark {
    private static final int BATCH = 256;
    /** 256 handshakes in so long a time are 12,800 a second: the server must remember their cookies. */
    private static final long BATCH_NANOS = 20_000_000;

    private final RudpEvent event = new RudpEvent();
    private final PeerAddress receiver = new PeerAddress();
    private final PeerAddress serverAddress = new PeerAddress();
    private final PeerAddress clientAddress = new PeerAddress();
    private final ByteBuffer[] initials = buffers();
    private final ByteBuffer[] connects = buffers();
    private final ByteBuffer[] answers = buffers();
    private final SecureRandom random = new SecureRandom();
    private RudpEndpoint server;
    private RudpEndpoint client;
    private int answered;
    private long nowNanos;

    /** Makes the server. */
    @Setup(Level.Iteration)
    public void listen() {
        serverAddress.setIpv4(0x0a000001, 7901);
        clientAddress.setIpv4(0x0a000002, 5000);
        server = RudpEndpoint.server(RudpConfig.defaults(), ServerSecret.random(random), 0, random, RudpTracer.NONE);
        answered = 0;
    }

    /** Lets the clients before confirm, and has {@value #BATCH} new ones write both their datagrams. */
    @Setup(Level.Invocation)
    public void clients() {
        confirm();
        nowNanos += BATCH_NANOS;
        RudpConfig many = RudpConfig.builder().clientIdBytes(4).build();
        client = RudpEndpoint.client(many, random, RudpTracer.NONE);
        for (int i = 0; i < BATCH; i++) {
            client.connect(nowNanos, serverAddress);
        }
        write(client, initials);
        run(initials);
        for (int i = 0; i < BATCH; i++) {
            initials[i].rewind();
            client.input(nowNanos, answers[i], serverAddress);
        }
        write(client, connects);
        answered = 0;
    }

    private void confirm() {
        for (int i = 0; i < answered; i++) {
            client.input(nowNanos, answers[i], serverAddress);
            while (client.pollEvent(event)) {
                // Connected, unless they were cookies.
            }
        }
        answered = 0;
        for (ByteBuffer room = connects[0]; client != null && client.pollDatagram(nowNanos, room.clear(), receiver); ) {
            server.input(nowNanos, room.flip(), clientAddress);
        }
    }

    /** Answers {@value #BATCH} first datagrams. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void cookie() {
        run(initials);
    }

    /** Takes {@value #BATCH} second datagrams. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void accept() {
        run(connects);
    }

    private void run(ByteBuffer[] datagrams) {
        for (ByteBuffer datagram : datagrams) {
            server.input(nowNanos, datagram, clientAddress);
            while (server.pollEvent(event)) {
                if (event.kind() != RudpEvent.CONNECTED) {
                    throw new IllegalStateException(event.toString());
                }
            }
        }
        for (answered = 0; answered < BATCH; answered++) {
            if (!server.pollDatagram(nowNanos, answers[answered].clear(), receiver)) {
                throw new IllegalStateException("only " + answered + " answers");
            }
            answers[answered].flip();
        }
    }

    private void write(RudpEndpoint client, ByteBuffer[] datagrams) {
        for (ByteBuffer datagram : datagrams) {
            if (!client.pollDatagram(nowNanos, datagram.clear(), receiver)) {
                throw new IllegalStateException("a client has nothing to say");
            }
            datagram.flip();
        }
    }

    private static ByteBuffer[] buffers() {
        ByteBuffer[] buffers = new ByteBuffer[BATCH];
        for (int i = 0; i < BATCH; i++) {
            buffers[i] = ByteBuffer.allocateDirect(RudpConfig.DATAGRAM_BYTES);
        }
        return buffers;
    }
}
