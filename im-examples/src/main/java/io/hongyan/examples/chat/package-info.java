// SPDX-License-Identifier: Apache-2.0
/**
 * The console client: a person at a terminal, or a script with pipes.
 *
 * <pre>
 *   stdin ──► LineReader ──► Addressing ──► Outbox ──► ImClient ──► server
 *   stdout ◄─────────────── ChatScreen ◄──────────────── ImClient ◄── server
 *   stderr ◄── receipts, reconnects, errors
 * </pre>
 *
 * Starting point: {@link io.hongyan.examples.chat.ChatCommand}.
 */
@NullMarked
package io.hongyan.examples.chat;

import org.jspecify.annotations.NullMarked;
