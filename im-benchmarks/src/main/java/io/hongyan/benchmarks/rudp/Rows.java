// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.rudp;

import io.hongyan.benchmarks.peer.HongyanPeer;
import io.hongyan.benchmarks.peer.KcpPeer;
import io.hongyan.benchmarks.peer.QuicPeer;
import io.hongyan.benchmarks.peer.TcpPeer;
import io.hongyan.benchmarks.plot.Style;
import io.hongyan.benchmarks.road.TunNetwork;
import io.hongyan.protocol.rudp.RudpConfig;
import io.netty.handler.codec.quic.QuicCongestionControlAlgorithm;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The transports compared, in the order of the tables. */
final class Rows {

    private static final String KCP_PROTECTION = "none";
    private static final String QUIC_PROTECTION = "TLS 1.3, each packet";
    private static final String TCP_PROTECTION = "none";
    private static final String OWN_PROTECTION = "8-byte tag, each datagram";

    private static final List<String> IDS = List.of(
            "hongyan",
            "hongyan-plain",
            "kcp",
            "kcp-fec",
            "quic-1",
            "quic-n",
            "quic-cubic",
            "quic-bbr",
            "tcp-cubic",
            "tcp-bbr");

    private Rows() {}

    /** How the rows may be called. */
    static List<String> ids() {
        return IDS;
    }

    /**
     * Of the chat load.
     *
     * @param network where kernel TCP runs; null leaves it out
     */
    static List<Row> chat(@Nullable TunNetwork network) {
        List<Row> rows = new ArrayList<>(List.of(
                own("hongyan", "Hongyan", false, RudpConfig.defaults()),
                own(
                        "hongyan-plain",
                        "Hongyan, no copies",
                        true,
                        RudpConfig.builder().redundancy(false).build()),
                kcp("kcp", "java-Kcp, turbo", false, KcpPeer.Fec.NONE),
                kcp("kcp-fec", "java-Kcp, turbo + FEC(3,1)", true, KcpPeer.Fec.THREE_AND_ONE),
                quic("quic-1", "QUIC, one stream", false, QuicPeer.Streams.ONE, QuicCongestionControlAlgorithm.CUBIC),
                quic(
                        "quic-n",
                        "QUIC, stream per message",
                        true,
                        QuicPeer.Streams.ONE_PER_MESSAGE,
                        QuicCongestionControlAlgorithm.CUBIC)));
        rows.addAll(tcp(network));
        return List.copyOf(rows);
    }

    /** Of the bulk load, as {@link #chat}. */
    static List<Row> bulk(@Nullable TunNetwork network) {
        List<Row> rows = new ArrayList<>(List.of(
                own("hongyan", "Hongyan, bulk lane", false, RudpConfig.defaults()),
                kcp("kcp", "java-Kcp, window 512", false, KcpPeer.Fec.NONE),
                quic("quic-cubic", "QUIC, CUBIC", false, QuicPeer.Streams.ONE, QuicCongestionControlAlgorithm.CUBIC),
                quic("quic-bbr", "QUIC, BBR", true, QuicPeer.Streams.ONE, QuicCongestionControlAlgorithm.BBR)));
        rows.addAll(tcp(network));
        return List.copyOf(rows);
    }

    private static Row own(String id, String name, boolean isVariant, RudpConfig config) {
        return new Row(
                id,
                name,
                new Style(Style.Family.HONGYAN, isVariant),
                OWN_PROTECTION,
                true,
                (load, inbox) -> HongyanPeer.start(config, inbox));
    }

    private static Row kcp(String id, String name, boolean isVariant, KcpPeer.Fec fec) {
        return new Row(
                id,
                name,
                new Style(Style.Family.KCP, isVariant),
                KCP_PROTECTION,
                true,
                (load, inbox) -> new KcpPeer(fec, load, inbox));
    }

    private static Row quic(
            String id,
            String name,
            boolean isVariant,
            QuicPeer.Streams streams,
            QuicCongestionControlAlgorithm congestionControl) {
        return new Row(
                id,
                name,
                new Style(Style.Family.QUIC, isVariant),
                QUIC_PROTECTION,
                streams == QuicPeer.Streams.ONE,
                (load, inbox) -> new QuicPeer(streams, congestionControl, load, inbox));
    }

    private static List<Row> tcp(@Nullable TunNetwork network) {
        if (network == null) {
            return List.of();
        }
        List<String> offered = TcpPeer.congestionControls();
        List<Row> rows = new ArrayList<>();
        for (String control : List.of("cubic", "bbr")) {
            if (offered.contains(control)) {
                rows.add(tcp(network, control));
            }
        }
        return rows;
    }

    private static Row tcp(TunNetwork network, String congestionControl) {
        return new Row(
                "tcp-" + congestionControl,
                "TCP, " + congestionControl.toUpperCase(Locale.ROOT),
                new Style(Style.Family.TCP, congestionControl.equals("bbr")),
                TCP_PROTECTION,
                true,
                (load, inbox) -> new TcpPeer(network, congestionControl, load, inbox));
    }
}
