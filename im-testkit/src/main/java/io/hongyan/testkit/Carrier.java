// SPDX-License-Identifier: Apache-2.0
package io.hongyan.testkit;

/** What carries a client's frames. */
public enum Carrier {
    /** A stream in memory. */
    TCP,
    /** The reliable-UDP engine over simulated datagrams. */
    UDP
}
