// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.session;

import io.hongyan.core.metrics.ImMetrics;
import io.hongyan.core.metrics.Metric;
import io.hongyan.protocol.Confined;
import io.hongyan.protocol.connection.Connection;

/** Whether a connection is read: only while there is no reason not to. */
@Confined("owner")
public final class ReadGate {
    private final Connection connection;
    private final ImMetrics metrics;
    private int reasons;

    public ReadGate(Connection connection, ImMetrics metrics) {
        this.connection = connection;
        this.metrics = metrics;
    }

    /** Stops reading for this reason. @return whether it is a new one */
    public boolean pause(PauseReason reason) {
        int bit = 1 << reason.ordinal();
        if ((reasons & bit) != 0) {
            return false;
        }
        if (reasons == 0) {
            connection.pauseReading();
            metrics.add(Metric.READING_PAUSED, 1);
        }
        reasons |= bit;
        return true;
    }

    /** The reason is gone; reads on when it was the last one. @return whether it was there */
    public boolean resume(PauseReason reason) {
        int bit = 1 << reason.ordinal();
        if ((reasons & bit) == 0) {
            return false;
        }
        reasons &= ~bit;
        if (reasons == 0) {
            connection.resumeReading();
        }
        return true;
    }

    /** Whether the connection is not read, for this reason at least. */
    public boolean isPausedFor(PauseReason reason) {
        return (reasons & 1 << reason.ordinal()) != 0;
    }

    /** Whether the connection is not read for this reason alone. */
    public boolean isPausedOnlyFor(PauseReason reason) {
        return reasons == 1 << reason.ordinal();
    }

    /** Whether the connection is not read. */
    public boolean isPaused() {
        return reasons != 0;
    }
}
