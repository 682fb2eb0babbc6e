// SPDX-License-Identifier: Apache-2.0
/**
 * What everything behind an SPI keeps, as JUnit classes: extend one in your tests, say how your part is made, and it is
 * judged as ours are.
 *
 * <pre>
 *   TransportContract      a carrier of frames, both ends      ours: TCP, UDP, in memory
 *   MessageStoreContract   a store of messages                 ours: in memory, SQLite, PostgreSQL, MariaDB
 *   AuthenticatorContract  who decides about logins
 * </pre>
 *
 * <p>Starting points: {@link io.hongyan.contracts.MessageStoreContract}, which is the shortest;
 * {@code docs/guide/testing-your-listeners.md}.
 */
@NullMarked
package io.hongyan.contracts;

import org.jspecify.annotations.NullMarked;
