// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.peer;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelInboundHandlerAdapter;

/** Stands where a channel must have a handler and there is nothing to hear. */
@Sharable
final class NothingToDo extends ChannelInboundHandlerAdapter {}
