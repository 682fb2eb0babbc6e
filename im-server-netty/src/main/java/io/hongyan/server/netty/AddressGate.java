// SPDX-License-Identifier: Apache-2.0
package io.hongyan.server.netty;

import io.hongyan.core.auth.ConnectionFilter;
import io.hongyan.core.limit.AddressCounts;
import io.hongyan.core.limit.AddressRates;
import io.hongyan.core.limit.ServerLimits;
import io.hongyan.core.metrics.ImMetrics;
import io.hongyan.core.session.ListenerInvoker;
import io.hongyan.core.time.NanoClock;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.ThreadSafe;
import io.hongyan.transport.netty.ConnectionGate;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** The gate of a server, before all its listeners: the user's block list, then how many an address has, then how fast. */
@ThreadSafe
final class AddressGate implements ConnectionGate {
    private final @Nullable ConnectionFilter filter;
    private final ListenerInvoker invoker;
    private final NanoClock clock;
    private final @Nullable AddressCounts counts;
    private final @Nullable AddressRates rates;

    /** @param filter null = nobody is blocked */
    AddressGate(@Nullable ConnectionFilter filter, ServerLimits limits, ImMetrics metrics, NanoClock clock) {
        this.filter = filter;
        this.clock = clock;
        this.invoker = new ListenerInvoker(clock, metrics);
        this.counts = limits.rateLimited() ? new AddressCounts(limits.connectionsPerAddress()) : null;
        this.rates = limits.rateLimited()
                ? new AddressRates(limits.connectionsPerSecond(), limits.connectionBurst(), limits.loginAddresses())
                : null;
    }

    @Override
    public boolean isWelcome(InetAddress peer) {
        return filter == null || invoker.allows(filter, peer);
    }

    @Override
    public @Nullable ReasonCode enter(InetAddress peer) {
        if (counts != null && !counts.add(peer)) {
            return ReasonCode.TOO_MANY_CONNECTIONS;
        }
        if (rates != null && !rates.take(new InetSocketAddress(peer, 0), clock.nanoTime())) {
            leave(peer);
            return ReasonCode.RATE_LIMITED;
        }
        return null;
    }

    @Override
    public void leave(InetAddress peer) {
        if (counts != null) {
            counts.remove(peer);
        }
    }
}
