// SPDX-License-Identifier: Apache-2.0
package io.hongyan.simnet;

/** What a simulation test does with one seed: the same seed must take the same course every time. */
@FunctionalInterface
public interface SeedBody {

    /**
     * Runs one seed.
     *
     * @throws Throwable if what is tested does not hold for it
     */
    void run(long seed) throws Throwable;
}
