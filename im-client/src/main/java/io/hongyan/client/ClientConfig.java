// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import io.hongyan.protocol.packet.DeviceId;
import io.hongyan.protocol.packet.UserId;
import io.hongyan.transport.netty.ClientTls;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a client was built with. Immutable.
 *
 * @param servers tried in this order, one or more, each with a head start
 * @param token asked before every login; it may block
 * @param tokenIsConstant whether {@code token} never blocks
 * @param instance the first half of this client's message ids
 * @param keepAliveSeconds 0 = the server decides
 * @param sameThread whether listeners run on the event loop
 * @param redirects which servers named by another one are trusted; null: see {@link Redirects}
 * @param tls how to speak with {@code tls://} servers; null when there is none
 */
record ClientConfig(
        List<ServerAddress> servers,
        UserId user,
        DeviceId device,
        String platform,
        Supplier<String> token,
        boolean tokenIsConstant,
        long instance,
        MessageListener onMessage,
        ConnectionListener connectionListener,
        ReceiptListener receiptListener,
        ReadListener readListener,
        PresenceListener presenceListener,
        Runnable onWritable,
        ReconnectPolicy reconnect,
        int keepAliveSeconds,
        long connectTimeoutNanos,
        long loginTimeoutNanos,
        long pingTimeoutNanos,
        long progressTimeoutNanos,
        long closeTimeoutNanos,
        int windowMessages,
        long windowBytes,
        int laneMessages,
        long laneBytes,
        boolean sameThread,
        @Nullable Predicate<ServerAddress> redirects,
        @Nullable ClientTls tls) {}
