// SPDX-License-Identifier: Apache-2.0
/**
 * A conversation in one process, to watch: one user on TCP, one on reliable UDP across a bad link, one who was away.
 *
 * <p>Starting point: {@link io.hongyan.examples.demo.DemoCommand}.
 */
@NullMarked
package io.hongyan.examples.demo;

import org.jspecify.annotations.NullMarked;
