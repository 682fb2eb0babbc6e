// SPDX-License-Identifier: Apache-2.0
package io.hongyan.simnet;

/** How the jitter of a {@link LinkProfile} spreads a datagram's delay around its mean. */
public enum JitterShape {
    /** Evenly, from delay - jitter to delay + jitter. */
    UNIFORM,
    /** As a normal distribution with the jitter as standard deviation; what would be below zero is zero. */
    NORMAL
}
