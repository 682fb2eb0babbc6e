// SPDX-License-Identifier: Apache-2.0
package io.hongyan.simnet;

/**
 * The client's address changes as the server sees it. Immutable.
 *
 * @param atNanos when, counted from the start of the plan, 0 to 1 day
 * @param newHost whether the host changes too, as on a change of networks, or the port only, as when a NAT forgets; a
 *     {@link UdpRelay} can change the port only
 */
public record AddressChange(long atNanos, boolean newHost) {

    /** Checks the range. */
    public AddressChange {
        new Mistakes("address change")
                .range("atNanos", atNanos, 0, Units.DAY_NANOS)
                .throwIfAny();
    }

    @Override
    public String toString() {
        return (newHost ? "host" : "port") + " at " + Units.millis(atNanos);
    }
}
