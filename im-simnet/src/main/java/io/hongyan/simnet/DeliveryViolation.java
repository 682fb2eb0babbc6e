// SPDX-License-Identifier: Apache-2.0
package io.hongyan.simnet;

/** What a {@link DeliveryChecker} can find wrong. */
public enum DeliveryViolation {
    /** Promised to arrive, and never received. */
    MISSING,
    /** Received more than once. */
    DOUBLED,
    /** Received after a message that was sent later by the same sender, to the same recipient, on the same lane. */
    OUT_OF_ORDER,
    /** Received, but never sent by this sender to this recipient on this lane. */
    PHANTOM,
    /** Received although the sender was told that it would not be. */
    REFUSED_YET_RECEIVED,
    /** Acknowledged and refused both, or answered without having been sent. */
    CONTRADICTORY_ANSWER
}
