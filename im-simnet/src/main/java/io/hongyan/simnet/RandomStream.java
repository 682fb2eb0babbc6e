// SPDX-License-Identifier: Apache-2.0
package io.hongyan.simnet;

import java.util.Objects;
import java.util.random.RandomGenerator;

/**
 * One stream of random numbers, given by a seed and a purpose: the same pair yields the same numbers on every machine
 * and every JDK, and two purposes under one seed never disturb each other.
 *
 * <p>The generator is xoshiro256++ seeded through splitmix64. It is made for simulations and must never make keys.
 *
 * <p>Thread: confined to whoever created it; not synchronised.
 */
public final class RandomStream implements RandomGenerator {

    private long s0;
    private long s1;
    private long s2;
    private long s3;

    private RandomStream(long mixedSeed) {
        long state = mixedSeed;
        s0 = splitMix(state += GOLDEN_GAMMA);
        s1 = splitMix(state += GOLDEN_GAMMA);
        s2 = splitMix(state += GOLDEN_GAMMA);
        s3 = splitMix(state += GOLDEN_GAMMA);
    }

    /**
     * The stream of a seed for one purpose.
     *
     * @param seed any number
     * @param purpose what the numbers are for, such as {@code "loss"}; another purpose is another, unrelated stream
     */
    public static RandomStream of(long seed, String purpose) {
        Objects.requireNonNull(purpose, "purpose");
        long hash = FNV_OFFSET;
        for (int i = 0; i < purpose.length(); i++) {
            hash = (hash ^ purpose.charAt(i)) * FNV_PRIME;
        }
        return new RandomStream(splitMix(seed) ^ splitMix(hash));
    }

    @Override
    public long nextLong() {
        long result = Long.rotateLeft(s0 + s3, 23) + s0;
        long shifted = s1 << 17;
        s2 ^= s0;
        s3 ^= s1;
        s1 ^= s2;
        s0 ^= s3;
        s2 ^= shifted;
        s3 = Long.rotateLeft(s3, 45);
        return result;
    }

    /** A number from 0 (inclusive) to 1 (exclusive), of 53 random bits. */
    @Override
    public double nextDouble() {
        return (nextLong() >>> 11) * 0x1.0p-53;
    }

    /** A number of the standard normal distribution; always takes two numbers from the stream. */
    @Override
    public double nextGaussian() {
        double first = Math.max(nextDouble(), Double.MIN_NORMAL);
        double second = nextDouble();
        return StrictMath.sqrt(-2 * StrictMath.log(first)) * StrictMath.cos(2 * Math.PI * second);
    }

    /** True in {@code share} of all calls; always takes one number from the stream. */
    public boolean chance(double share) {
        return nextDouble() < share;
    }

    /**
     * A whole number from {@code least} to {@code most}, both included.
     *
     * @throws IllegalArgumentException if the least is above the most, or they are 2^53 or more apart, which is more
     *     than one number of the stream can tell apart
     */
    public long between(long least, long most) {
        if (least > most) {
            throw new IllegalArgumentException("least " + least + " is above most " + most);
        }
        if (most - least < 0 || most - least >= 1L << 53) {
            throw new IllegalArgumentException(least + " and " + most + " are 2^53 or more apart");
        }
        return least + (long) (nextDouble() * ((double) most - (double) least + 1));
    }

    /** A duration of the exponential distribution with this mean, at least 1 ns. */
    long exponentialNanos(long meanNanos) {
        return 1 + (long) (-StrictMath.log(1 - nextDouble()) * meanNanos);
    }

    private static long splitMix(long value) {
        long z = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }

    private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;
    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;
}
