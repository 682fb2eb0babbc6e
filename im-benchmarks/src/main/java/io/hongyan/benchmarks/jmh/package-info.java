// SPDX-License-Identifier: Apache-2.0
/**
 * What the reliable-UDP engine costs in processor time and garbage, one question a class, answered by JMH. Nothing here
 * touches a socket or waits: two endpoints of the engine are joined in memory, and their time is simulated.
 *
 * <pre>
 *   java -jar im-benchmarks/target/benchmarks.jar PathBenchmark -prof gc -prof io.hongyan.benchmarks.jmh.CpuShare
 * </pre>
 *
 * <p>Starting points: {@link io.hongyan.benchmarks.jmh.PathBenchmark}, and for the figures
 * {@code docs/performance/scale.md}.
 */
@NullMarked
package io.hongyan.benchmarks.jmh;

import org.jspecify.annotations.NullMarked;
