// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import io.hongyan.protocol.packet.Message;
import java.util.concurrent.CompletableFuture;

/** A message with somebody waiting for its receipt. */
record AwaitedMessage(Message message, CompletableFuture<Receipt> future) {}
