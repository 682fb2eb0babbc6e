// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.flood;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What a flood counts. Used by one thread. Bytes are payload of UDP or TCP. */
final class FloodTally {

    private final Map<String, Long> refused = new TreeMap<>();

    /** Units sent: datagrams, connections begun, logins, messages. */
    long sent;

    /** Units that the sockets did not take. */
    long heldBack;

    long datagramsOut;
    long datagramsIn;
    long bytesOut;
    long bytesIn;
    long connected;
    long loggedIn;
    long connectFailed;
    long closedByServer;
    long open;

    /** Somebody said no, with this code. */
    void refused(String code, long times) {
        refused.merge(code, times, Long::sum);
    }

    /** Changes with all that comes from the server. */
    long heard() {
        return bytesIn + connected + closedByServer + connectFailed;
    }

    /** For people, while it runs. */
    String progress(double seconds) {
        return String.format(
                Locale.ROOT,
                "%6.1f s: sent %,d, bytes out %,d in %,d, connections open %,d closed by the server %,d, refused %s",
                seconds,
                sent,
                bytesOut,
                bytesIn,
                open,
                closedByServer,
                refused);
    }

    /** {@code FLOOD {...}}, all keys always there. */
    String line(FloodKind kind, String transport, double seconds) {
        StringBuilder codes = new StringBuilder();
        refused.forEach((code, times) -> codes.append(codes.isEmpty() ? "" : ",")
                .append('"')
                .append(code)
                .append("\":")
                .append(times));
        return String.format(
                Locale.ROOT,
                "FLOOD {\"kind\":\"%s\",\"transport\":\"%s\",\"seconds\":%.3f,\"sent\":%d,\"held_back\":%d,"
                        + "\"datagrams_out\":%d,\"datagrams_in\":%d,\"bytes_out\":%d,\"bytes_in\":%d,\"connected\":%d,"
                        + "\"connect_failed\":%d,\"logged_in\":%d,\"closed_by_server\":%d,\"open\":%d,"
                        + "\"refused\":{%s}}",
                kind,
                transport,
                seconds,
                sent,
                heldBack,
                datagramsOut,
                datagramsIn,
                bytesOut,
                bytesIn,
                connected,
                connectFailed,
                loggedIn,
                closedByServer,
                open,
                codes);
    }
}
