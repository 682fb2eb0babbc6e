// SPDX-License-Identifier: Apache-2.0
/**
 * Packets: the typed values in frames, one immutable record each, valid when it exists; how they are written in binary
 * version 1; and what both ends need beside them: chunks of large messages, and the memory of what was seen. The fields
 * of each packet, and what they mean, are in {@code docs/protocol/packets.md}.
 *
 * <p><b>Starting points:</b> {@link io.hongyan.protocol.packet.Packet} for the closed set,
 * {@link io.hongyan.protocol.packet.BinaryPacketCodec} for bytes, {@link io.hongyan.protocol.packet.Message} for what
 * people send, {@link io.hongyan.protocol.packet.Chunker} and {@link io.hongyan.protocol.packet.Reassembler} for what
 * fits into no frame.
 *
 * <pre>
 *   LOGIN              user device platform text8 token text16 instance i64 keepAliveSeconds u16
 *   LOGIN_RESULT       code u16 text text8, then retryAfterMillis v,
 *                      or sessionId i64 secret i64 i64 keepAliveSeconds u16 maxFrameBytes u24
 *                      maxMessageBytes u24 serverTimeMillis v serverInstance i64 capabilities v
 *   LOGOUT
 *   KICK, ERROR        code u16 text text8
 *   PING, PONG         nonce i64
 *   COUNT              channel u8 count u32
 *   GOAWAY             code u16 leaveWithinMillis v retryAfterMillis v endpoints u8 x text8 text text8
 *   RESUME             sessionId i64 secret i64 i64 chatCount u32 bulkCount u32
 *   MESSAGE            flags u8 instance i64 counter v to [from] [conversation text8] [sequence v]
 *                      [timeMillis v] [type v] [contentKind u8] [ttlSeconds v] payload ...
 *   CHUNK              instance i64 counter v offset v slice ...
 *   SEND_RESULT        instance i64 code u16 ranges
 *   DELIVERED          instance i64 ranges
 *   READ               flag u8 [reader] instance i64 ranges
 *   PRESENCE           user online u8 sinceMillis v
 *   SUBSCRIBE          subscribe u8 number v user ...
 *   SYNC               afterPosition v maxMessages u16
 *   SYNC_PAGE          afterPosition v throughPosition v lostThroughPosition v messages u16 last u8
 *   POSITION           inboxSequence v
 *
 *   v = varint   [] = there if a flag says so   user, device, to, from: texts behind a length byte
 * </pre>
 */
@NullMarked
package io.hongyan.protocol.packet;

import org.jspecify.annotations.NullMarked;
