// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.auth;

import io.hongyan.protocol.ThreadSafe;
import java.net.InetAddress;

/**
 * SPI: a block list. Asked for the address of each new TCP link before anything else is done with it, behind a trusted
 * proxy for the proxy's and then for the client's, and for each UDP datagram that would begin a connection; connections
 * that are there stay.
 *
 * <p>Called on event loops, at times for every datagram of a flood: a look into a set, and never anything that may block. One
 * that throws refuses: a list that cannot be read lets nobody pass.
 */
@ThreadSafe
@FunctionalInterface
public interface ConnectionFilter {
    /** Whether who has this address may connect. */
    boolean allows(InetAddress address);
}
