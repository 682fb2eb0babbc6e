// SPDX-License-Identifier: Apache-2.0
package io.hongyan.transport.netty;

/** Something of one loop with bytes to send. */
interface Flushable {
    /** Hands the bytes to the kernel. Called by the loop, never from within a handler; throws nothing. */
    void flushNow();
}
