// SPDX-License-Identifier: Apache-2.0
/**
 * The reliable-UDP engine: bytes and time go in, datagrams, events and the next deadline come out. It reads no clock,
 * starts no thread, takes no lock, writes no log and makes no randomness of its own, so the same engine runs under a
 * simulator and on sockets. On its steady path it allocates nothing.
 *
 * <p>Starting points: {@link io.hongyan.protocol.rudp.RudpEndpoint} (a socket's worth of connections, and how to drive
 * it), {@link io.hongyan.protocol.rudp.RudpConnection} (one of them), {@link io.hongyan.protocol.rudp.RudpConfig}. Inside:
 * {@code ConnectionCore} is the cold part of a connection and {@code HotState} the hot one; {@code DatagramWriter} and
 * {@code DatagramReader} know the layouts; {@code Recovery} decides what is lost.
 *
 * <pre>
 *   send > SendLane > DatagramWriter > Protector > pollDatagram        SentPackets remembers what each carried
 *                        ^     ^                                       Pacer, CongestionController say when
 *                 Recovery     AckSchedule
 *                        ^     ^
 *   input > Protector > DatagramReader > ReceiveLane > pollEvent       ReceivedPackets: replay window, ACK ranges
 * </pre>
 *
 * <p>Datagrams, by their first byte, and segments, by their type; the whole in {@code docs/protocol/udp.md}:
 *
 * <pre>
 *   10S0 00PP  short    id 8 | 0..8, number 1..4, segments, tag        S = answer now, PP = length of the number - 1
 *   1100 0000  INITIAL  version 4, nonce 8, id, protection 1, key exchange, zeros up to 1200
 *   1100 0001  COOKIE   id, nonce 8, key exchange, cookie, tag 8
 *   11S0 0010  CONNECT  version 4, cookie, number 4, segments, tag
 *   1100 0011  RESET    server's id 8, token 8
 *   1100 0100  REFUSAL  id, nonce 8, code 2, versions, protections
 *
 *   00 PADDING   01 PING             02 ACK             03 CLOSE   04 PATH_CHALLENGE
 *   05 PATH_RESPONSE   06 CREDIT     07 HELLO           08 ACCEPT
 *   0001 LNnn MESSAGE [number 2] [length v] bytes                      nn = lane, N = number follows from the last
 *   0010 LFnn FRAGMENT number 2, offset / 128 v, [length v] bytes      F = final, L = length left out
 * </pre>
 */
@NullMarked
package io.hongyan.protocol.rudp;

import org.jspecify.annotations.NullMarked;
