// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.inbound;

import io.hongyan.core.metrics.ImMetrics;
import io.hongyan.core.metrics.Metric;
import io.hongyan.core.routing.InstanceWindow;
import io.hongyan.core.routing.Routed;
import io.hongyan.core.session.Session;
import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.ThreadSafe;

/**
 * A client's message whose fate is open: its result goes to wherever its sender is when it comes, its frame is counted in
 * the session it came by.
 *
 * @param arrival the session it came by
 * @param channel the channel it came in
 * @param frame its frame's in that channel, as the session's answers name it
 */
@ThreadSafe
record OpenMessage(Session arrival, InstanceWindow window, long counter, Lane channel, long frame) {
    /** Settles it when the store has answered. */
    void settleWith(Routed.Open open, ImMetrics metrics) {
        open.code().thenAccept(code -> {
            if (code != ReasonCode.OK) {
                metrics.add(Metric.MESSAGES_REFUSED, code, 1);
            }
            settle(code);
        });
    }

    /** Settles it now, on whatever thread. */
    void settle(ReasonCode code) {
        window.settled(counter, code, null);
        finish();
    }

    /** Its frame is finished with. */
    void finish() {
        arrival.answers().finish(channel, frame);
        arrival.wake(null, 0);
    }
}
