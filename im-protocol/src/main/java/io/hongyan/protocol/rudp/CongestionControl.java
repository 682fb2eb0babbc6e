// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

/** How a connection finds out how much the path takes. */
public enum CongestionControl {
    /**
     * By a model of the path, its rate and its least round trip, after BBR (draft-ietf-ccwg-bbr): loss alone, as radio links
     * have it, changes nothing, and queues stay short. The default.
     */
    BBR,

    /**
     * By loss, after CUBIC (RFC 9438): the yardstick. It fills the queue of the bottleneck, so that chat waits in it, and is
     * slow where datagrams are lost while there is a queue.
     */
    CUBIC
}
