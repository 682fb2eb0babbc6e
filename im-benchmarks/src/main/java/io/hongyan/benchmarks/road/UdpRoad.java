// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.road;

import io.hongyan.simnet.Direction;
import io.hongyan.simnet.Lateness;
import io.hongyan.simnet.LinkProfile;
import io.hongyan.simnet.RelayCounters;
import io.hongyan.simnet.UdpRelay;
import java.io.IOException;
import java.net.InetSocketAddress;

/** A road for a transport over UDP: the relay itself. */
public final class UdpRoad implements Road {

    private static final int IP_AND_UDP_HEADER_BYTES = 28;

    private final UdpRelay relay;

    private UdpRoad(UdpRelay relay) {
        this.relay = relay;
    }

    /** A road to a server. */
    public static UdpRoad to(InetSocketAddress server, long seed) throws IOException {
        return new UdpRoad(UdpRelay.to(server).seed(seed).start());
    }

    @Override
    public InetSocketAddress address() {
        return relay.address();
    }

    @Override
    public void profile(LinkProfile profile) {
        relay.profile(
                Direction.BOTH,
                profile.toBuilder().overheadBytes(IP_AND_UDP_HEADER_BYTES).build());
    }

    @Override
    public Traffic traffic() {
        return Traffic.of(relay.counters(), IP_AND_UDP_HEADER_BYTES);
    }

    @Override
    public Lateness lateness() {
        RelayCounters counters = relay.counters();
        return counters.upLateness().plus(counters.downLateness());
    }

    @Override
    public void close() {
        relay.close();
    }
}
