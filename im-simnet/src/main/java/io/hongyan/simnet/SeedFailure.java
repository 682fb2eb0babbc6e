// SPDX-License-Identifier: Apache-2.0
package io.hongyan.simnet;

/** A seed for which a test failed. The first line of the message is the seed and the one-line replay. */
public final class SeedFailure extends AssertionError {

    private static final long serialVersionUID = 1;

    private final long seed;

    SeedFailure(long seed, String replay, Throwable cause) {
        super("seed " + seed + " failed; replay: " + replay + "\n" + cause, cause);
        this.seed = seed;
    }

    /** The seed that failed. */
    public long seed() {
        return seed;
    }
}
