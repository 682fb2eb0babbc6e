// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.jmh;

import io.hongyan.protocol.rudp.DropReason;
import io.hongyan.protocol.rudp.RudpConfig;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What does a forged datagram cost the server that drops it? Each of 1,200 bytes, the most a stranger can make it read. */
@State(Scope.Thread)
@SuppressWarnings("NullAway.Init")
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class ForgedDatagramBenchmark {
    /** What of it is wrong. */
    public enum Forgery {
        /** The connection id was guessed. */
        ID(DropReason.FORGED_ID),
        /** A living connection's id was seen, the tag is wrong. */
        TAG(DropReason.NOT_AUTHENTIC),
        /** A CONNECT whose cookie is noise. */
        COOKIE(DropReason.BAD_COOKIE);

        private final DropReason reason;

        Forgery(DropReason reason) {
            this.reason = reason;
        }
    }

    /** What of it is wrong. */
    @Param
    public Forgery forgery;

    private MemoryLink link;
    private ByteBuffer datagram;

    /** Connects, so that the server has somebody to protect, and forges. */
    @Setup
    public void forge() {
        link = new MemoryLink(0);
        byte[] bytes = new byte[RudpConfig.DATAGRAM_BYTES];
        new SplittableRandom(3).nextBytes(bytes);
        byte[] genuine = link.genuine(new byte[100]);
        switch (forgery) {
            case ID -> {
                bytes[0] = genuine[0];
                bytes[1] = genuine[1];
            }
            case TAG -> System.arraycopy(genuine, 0, bytes, 0, genuine.length);
            case COOKIE ->
                ByteBuffer.wrap(bytes).put((byte) 0xc2).putInt(0x4859_0001).putShort((short) 73);
        }
        datagram = ByteBuffer.allocateDirect(bytes.length).put(bytes);
    }

    /** Whether the server judged as was meant. */
    @TearDown(Level.Iteration)
    public void check() {
        var dropped = link.server().stats().dropped();
        if (dropped.size() != 1 || dropped.getOrDefault(forgery.reason, 0L) == 0) {
            throw new IllegalStateException(forgery + " was dropped as " + dropped);
        }
    }

    /** Takes it in. */
    @Benchmark
    public void drop() {
        link.server().input(link.nowNanos(), datagram.flip(), link.clientAddress());
        datagram.position(RudpConfig.DATAGRAM_BYTES);
    }
}
