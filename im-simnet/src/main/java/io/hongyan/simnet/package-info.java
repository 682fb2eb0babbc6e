// SPDX-License-Identifier: Apache-2.0
/**
 * A network that can be held responsible: seeded, deterministic, on a clock that moves only when told, with the faults
 * of real ones, and a checker that says what arrived, what did not, and in what order. It imports nothing of ours, so
 * that every module, and every user, can test with it.
 *
 * <pre>
 *                            one direction of a link
 *         +---------------------------------------------------------------------+
 *  send   |  MTU > bottleneck   > cut > loss > corruption, delay,   > duplication|  receive
 *  -----> |        and its queue         bursts  jitter, reordering              | ----->
 *         +---------------------------------------------------------------------+
 *            LinkProfile says how much of each; a seed says which datagrams
 * </pre>
 *
 * <p>Starting points: {@link io.hongyan.simnet.SimulatedNetwork} on a {@link io.hongyan.simnet.VirtualClock};
 * {@link io.hongyan.simnet.LinkProfiles} for links with names; {@link io.hongyan.simnet.FaultPlan} for random ones;
 * {@link io.hongyan.simnet.DeliveryChecker} for the verdict; {@link io.hongyan.simnet.Seeds} for many seeds and the
 * replay of one; {@link io.hongyan.simnet.UdpRelay} for the same faults between real sockets.
 */
@NullMarked
package io.hongyan.simnet;

import org.jspecify.annotations.NullMarked;
