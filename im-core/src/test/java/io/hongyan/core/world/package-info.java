// SPDX-License-Identifier: Apache-2.0
/** A world in memory to run a node in: loops, links and clients, deterministic or with real threads. */
package io.hongyan.core.world;
