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
 * What does a datagram cost the engine? Each operation sends one message, which travels, is handed up and acknowledged,
 * 25 ms each way, 25 of them under way: about two datagrams, a message and an ACK, each made at one end and taken at the
 * other. The line {@code :datagrams} is the cost of one, both ends together. Where some are lost, either way, gaps in
 * ACKs, timers, messages sent again and messages that wait for earlier ones are in it.
 */
@State(Scope.Thread)
@SuppressWarnings("NullAway.Init")
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class PathBenchmark {
    /** The length of a message: a line of chat, and one that fills most of a datagram. */
    @Param({"200", "1000"})
    public int messageBytes;

    /** How many of a hundred datagrams are lost. */
    @Param({"0", "5"})
    public int lossPercent;

    private MemoryLink link;
    private byte[] message;

    /** Connects. */
    @Setup
    public void connect() {
        link = new MemoryLink(lossPercent);
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
