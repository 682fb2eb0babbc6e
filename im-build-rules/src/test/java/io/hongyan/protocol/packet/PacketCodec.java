// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

/** Stands for the one type of its package that a handler may pass on. */
public interface PacketCodec {}
