// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.jmh;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What does a datagram cost the engine when 5 % of them are lost, either way? As {@link SteadyPathBenchmark}, with what
 * loss adds: gaps in ACKs, timers, messages sent again, messages that wait for earlier ones.
 */
@State(Scope.Thread)
@SuppressWarnings("NullAway.Init")
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class LossyPathBenchmark {
    /** The length of a message: a line of chat, and one that fills most of a datagram. */
    @Param({"200", "1000"})
    public int messageBytes;

    private MemoryLink link;
    private byte[] message;

    /** Connects. */
    @Setup
    public void connect() {
        link = new MemoryLink(5);
        message = new byte[messageBytes];
    }

    /** A message and what becomes of it. */
    @Benchmark
    public long message(Datagrams counted) {
        long before = link.datagrams();
        link.step(message, 1);
        counted.datagrams += link.datagrams() - before;
        return link.delivered();
    }
}
