// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.flood;

import java.util.Locale;

/** What a flood is made of, with the rate at which it is sent unless another is asked for, per second. */
enum FloodKind {
    /** First datagrams of handshakes that nobody goes on with. */
    HALF_OPEN(10_000),
    /** TCP connections that say nothing. */
    SILENT(2_000),
    /** Logins with a token that no server takes. */
    LOGINS(1_000),
    /** One client that sends 100 times what the default limits allow. */
    OVER_RATE(5_000),
    /** Random bytes. */
    GARBAGE(10_000);

    private final int usualRate;

    FloodKind(int usualRate) {
        this.usualRate = usualRate;
    }

    int usualRate() {
        return usualRate;
    }

    /** As it is written on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
