// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.scale;

import io.hongyan.benchmarks.jmh.Crowd;
import java.lang.management.ManagementFactory;
import java.util.Locale;

/**
 * How much memory an idle session takes in the engine, and how much of a processor a crowd of them: sessions that only
 * keep alive, on a simulated clock. Prints one line.
 *
 * <pre>
 *   java -Xmx4g -cp benchmarks.jar io.hongyan.benchmarks.scale.EngineIdle [sessions, default 1000000] [minutes, 3]
 * </pre>
 */
public final class EngineIdle {
    private static final int STEPS_A_MINUTE = 60_000;

    private EngineIdle() {}

    /** Measures. */
    public static void main(String[] args) {
        int sessions = args.length > 0 ? Integer.parseInt(args[0]) : 1_000_000;
        int minutes = args.length > 1 ? Integer.parseInt(args[1]) : 3;
        long before = liveBytes();
        Crowd crowd = new Crowd(sessions);
        run(crowd, 1);
        long cpuNanos = crowd.serverCpuNanos();
        long datagrams = run(crowd, minutes);
        cpuNanos = crowd.serverCpuNanos() - cpuNanos;
        long both = liveBytes();
        crowd.dropClients();
        long server = liveBytes();
        System.out.printf(
                Locale.ROOT,
                "ENGINE IDLE sessions=%d server_bytes_per_session=%d client_bytes_per_session=%d"
                        + " server_cpu_share=%.4f keepalives_per_s=%.0f server_us_per_keepalive=%.2f%n",
                crowd.sessions(),
                (server - before) / sessions,
                (both - server) / sessions,
                cpuNanos / (minutes * 60e9),
                datagrams / (minutes * 60.0),
                cpuNanos / 1e3 / datagrams);
    }

    private static long run(Crowd crowd, int minutes) {
        long datagrams = 0;
        for (int step = 0; step < minutes * STEPS_A_MINUTE; step++) {
            datagrams += crowd.step();
        }
        return datagrams;
    }

    private static long liveBytes() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
