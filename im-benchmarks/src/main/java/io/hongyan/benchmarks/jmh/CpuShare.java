// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.jmh;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/**
 * The share of one processor that the benchmark's thread got, as a profiler of JMH. JMH measures by the clock on the
 * wall; on a machine with other load, time x share is what was used.
 */
public final class CpuShare implements InternalProfiler {
    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();

    private long cpuNanos;
    private long wallNanos;

    @Override
    public String getDescription() {
        return "Processor time of the benchmark's thread per time on the wall";
    }

    @Override
    public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
        cpuNanos = workerCpuNanos();
        wallNanos = System.nanoTime();
    }

    @Override
    public Collection<? extends Result<?>> afterIteration(
            BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
        double used = workerCpuNanos() - cpuNanos;
        double passed = System.nanoTime() - wallNanos;
        return List.of(new ScalarResult("cpu.share", used / passed, "cores", AggregationPolicy.AVG));
    }

    private long workerCpuNanos() {
        long sum = 0;
        for (long id : threads.getAllThreadIds()) {
            var thread = threads.getThreadInfo(id);
            if (thread != null && thread.getThreadName().contains("jmh-worker")) {
                sum += threads.getThreadCpuTime(id);
            }
        }
        return sum;
    }
}
