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
 * What does one keepalive cost in a large crowd? Each operation is 1 ms of simulated time, in which the deadline wheels
 * of both ends turn for all sessions, and those whose 60 s are over ping and are answered. The line {@code :datagrams}
 * is the cost of one keepalive, both ends together; in a crowd of 1,000 all memory is near, and nothing waits.
 */
@State(Scope.Thread)
@SuppressWarnings("NullAway.Init")
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgs = "-Xmx4g")
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
public class KeepAliveBenchmark {
    /** How many sessions there are. */
    @Param({"1000", "1000000"})
    public int sessions;

    private Crowd crowd;

    /** Connects them. */
    @Setup
    public void connect() {
        crowd = new Crowd(sessions);
    }

    /** 1 ms. */
    @Benchmark
    public void millisecond(Datagrams counted) {
        counted.datagrams += crowd.step();
    }
}
