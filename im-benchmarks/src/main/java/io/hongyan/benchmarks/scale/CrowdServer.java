// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.scale;

import com.sun.management.OperatingSystemMXBean;
import io.hongyan.benchmarks.peer.HongyanPeer;
import io.hongyan.benchmarks.peer.QuietHandler;
import io.hongyan.protocol.rudp.RudpConfig;
import io.hongyan.protocol.rudp.RudpEndpointStats;
import io.hongyan.transport.netty.IoLoops;
import io.hongyan.transport.netty.UdpListener;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * The server of a {@link SocketCrowd}: one loop, one UDP port, and nothing above the transport. Says its port, then
 * answers each line of its standard input with its figures, and ends with its input.
 *
 * <pre>
 *   &lt; 41233
 *   &gt; cpu          &lt; connections handshakes cpuNanos loopCpuNanos datagramsIn
 *   &gt; memory       &lt; liveHeapBytes residentBytes
 * </pre>
 */
public final class CrowdServer {
    private static final String LOOP_NAME = "crowd";

    private CrowdServer() {}

    /**
     * Serves.
     *
     * @param args the idle timeout in ms
     */
    public static void main(String[] args) throws IOException {
        RudpConfig config = RudpConfig.builder()
                .idleTimeoutMillis(Integer.parseInt(args[0]))
                .maxConnections(1 << 21)
                .maxCookies(1 << 20)
                .build();
        PrintStream out = System.out;
        try (IoLoops loops = IoLoops.builder().threads(1).name(LOOP_NAME).build()) {
            UdpListener listener = HongyanPeer.listen(loops, config, new QuietHandler());
            out.println(listener.localAddress().getPort());
            BufferedReader asked = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
            for (String line = asked.readLine(); line != null; line = asked.readLine()) {
                out.println(line.equals("memory") ? memory() : cpu(listener));
            }
        }
    }

    private static String cpu(UdpListener listener) {
        OperatingSystemMXBean process = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        List<RudpEndpointStats> loops = listener.stats().toCompletableFuture().join();
        long connections =
                loops.stream().mapToLong(RudpEndpointStats::connections).sum();
        long handshakes =
                loops.stream().mapToLong(RudpEndpointStats::handshakesCompleted).sum();
        long datagrams =
                loops.stream().mapToLong(RudpEndpointStats::datagramsReceived).sum();
        return connections + " " + handshakes + " " + process.getProcessCpuTime() + " " + loopCpuNanos() + " "
                + datagrams;
    }

    /** Of the thread that does all the work, without the compiler and the collector. */
    private static long loopCpuNanos() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        return Arrays.stream(threads.getThreadInfo(threads.getAllThreadIds()))
                .filter(thread -> thread != null && thread.getThreadName().startsWith(LOOP_NAME))
                .mapToLong(thread -> threads.getThreadCpuTime(thread.getThreadId()))
                .sum();
    }

    private static String memory() throws IOException {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        long live = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        String residentPages = Files.readString(Path.of("/proc/self/statm")).split(" ")[1];
        return live + " " + Long.parseLong(residentPages) * 4096;
    }
}
