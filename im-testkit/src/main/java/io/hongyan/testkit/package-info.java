// SPDX-License-Identifier: Apache-2.0
/**
 * A server and its clients in one thread, for tests of the application's own listeners: real nodes, real clients, links in
 * memory, and time that moves only when told. A test with the same seed takes the same course every time.
 *
 * <pre>
 *   TestClient ──► ImClient ─┐                                        ┌─► ImNode ─► the listeners under test
 *   TestClient ──► ImClient ─┼─► TestLink (delay, loss, cut, roaming) ─┤
 *   ScriptedClient ──────────┘    tcp: frames in order · udp: engine  └─► MessageStore, perhaps a FaultyStore
 *                                     all on the clock of one TestWorld
 * </pre>
 *
 * <p>Starting points: {@link io.hongyan.testkit.TestWorld}, {@link io.hongyan.testkit.TestServer},
 * {@link io.hongyan.testkit.TestClient}; {@code docs/guide/testing-your-listeners.md}.
 */
@NullMarked
package io.hongyan.testkit;

import org.jspecify.annotations.NullMarked;
