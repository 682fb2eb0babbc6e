// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.jmh;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Counts datagrams beside JMH's operations, so that a result is also told per datagram made and taken. */
@State(Scope.Thread)
@AuxCounters(AuxCounters.Type.OPERATIONS)
public class Datagrams {
    /** Of this iteration. */
    public long datagrams;

    /** Begins an iteration. */
    @Setup(Level.Iteration)
    public void reset() {
        datagrams = 0;
    }
}
