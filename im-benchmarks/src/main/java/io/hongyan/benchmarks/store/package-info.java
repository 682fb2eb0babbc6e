// SPDX-License-Identifier: Apache-2.0
/**
 * What a store of messages does in a second, beside a program that writes the same rows without a store.
 *
 * <p><b>Starting points:</b> {@link io.hongyan.benchmarks.store.StoreAppend}, {@link io.hongyan.benchmarks.store.StoreRead}.
 */
@NullMarked
package io.hongyan.benchmarks.store;

import org.jspecify.annotations.NullMarked;
