// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core;

import io.hongyan.core.transport.TransportStats;
import io.hongyan.protocol.ThreadSafe;
import java.util.List;

/**
 * What a node holds at one moment: its gauges. Each number is right by itself; together they may be a few events apart.
 *
 * @param connections links that are open, logged in or not
 * @param strangers of these, those that have not logged in
 * @param sessions logged-in devices
 * @param detached of these, those without a link, which wait for their client
 * @param users with a session, or with a store operation under way
 * @param loginsWaiting logins in the queue for an authentication
 * @param lanesBusy sessions with callbacks that run or wait
 * @param reassemblyBytes held of messages whose chunks have not all come
 * @param bulkBytes of bulk messages that their recipients have not counted
 * @param sendsOutstanding messages of the application whose receipt is awaited
 * @param storeOperations calls of the store that have not been answered
 * @param transports what each transport told last, at most about a second ago
 */
@ThreadSafe
public record NodeStats(
        int connections,
        int strangers,
        int sessions,
        int detached,
        int users,
        int loginsWaiting,
        int lanesBusy,
        long reassemblyBytes,
        long bulkBytes,
        int sendsOutstanding,
        int storeOperations,
        List<TransportStats> transports) {
    public NodeStats {
        transports = List.copyOf(transports);
    }
}
