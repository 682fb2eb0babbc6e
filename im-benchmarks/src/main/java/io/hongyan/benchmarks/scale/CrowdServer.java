// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.scale;

import com.sun.management.OperatingSystemMXBean;
import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ProtocolException;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.connection.Connection;
import io.hongyan.protocol.connection.ConnectionHandler;
import io.hongyan.protocol.rudp.RudpConfig;
import io.hongyan.protocol.rudp.RudpEndpointStats;
import io.hongyan.protocol.rudp.ServerSecret;
import io.hongyan.transport.netty.IoLoops;
import io.hongyan.transport.netty.UdpListener;
import io.hongyan.transport.netty.UdpOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;

/**
 * The server of a {@link SocketCrowd}: one loop, one UDP port, and nothing above the transport. Says its port, then
 * answers each line of its standard input with its figures, and ends with its input.
 *
 * <pre>
 *   &lt; 41233
 *   &gt; cpu          &lt; connections handshakes cpuNanos
 *   &gt; memory       &lt; liveHeapBytes residentBytes
 * </pre>
 */
public final class CrowdServer {
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
        try (IoLoops loops = IoLoops.builder().threads(1).build()) {
            UdpListener listener = UdpListener.bind(
                    loops,
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                    config,
                    UdpOptions.defaults(),
                    ServerSecret.random(new SecureRandom()),
                    connection -> {
                        connection.admit();
                        return new Silent(connection);
                    });
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
        return connections + " " + handshakes + " " + process.getProcessCpuTime();
    }

    private static String memory() throws IOException {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        long live = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        String residentPages = Files.readString(Path.of("/proc/self/statm")).split(" ")[1];
        return live + " " + Long.parseLong(residentPages) * 4096;
    }

    /** A session that is let in and hears nothing. */
    private record Silent(Connection connection) implements ConnectionHandler {
        @Override
        public void onFrame(int type, java.nio.ByteBuffer body, Lane lane) {}

        @Override
        public void onReadComplete() {}

        @Override
        public void onWritable(Lane lane) {}

        @Override
        public void onViolation(ProtocolException violation) {
            connection.close(violation.code(), "violation");
        }

        @Override
        public void onClosed(ReasonCode reason, boolean byPeer, String text) {}
    }
}
