// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

/** What all connections of an endpoint count together, those of the past included. */
final class EndpointTotals {
    long datagramsLost;
    long messagesRetransmitted;
    long ephemeralDropped;
}
