// SPDX-License-Identifier: Apache-2.0
/**
 * What comes in from clients: connections, logins, packets. The only package that knows the state of a connection.
 *
 * <pre>
 *   Reception ──► ConnectionInput ──LOGIN──► LoginQueue ──► authenticators, on worker threads
 *                      │   ▲ ◄────────────── verdict, on the owner
 *                      │   └── time-outs, mistakes, the end
 *                      └──open──► PacketDispatcher ──message──► MessageRouter              on the event loop
 *                                         └──────────────────► LaneMessage ──► ...         on the worker lane, if an
 *                                                                                          interceptor or the server
 *                                                                                          is to see it
 * </pre>
 *
 * <p><b>Starting points:</b> {@link io.hongyan.core.inbound.ConnectionInput},
 * {@link io.hongyan.core.inbound.PacketDispatcher}.
 */
@NullMarked
package io.hongyan.core.inbound;

import org.jspecify.annotations.NullMarked;
