// SPDX-License-Identifier: Apache-2.0
/**
 * Frames: the length-prefixed unit that is the same on every carrier. A frame is bytes with a type; what the body means
 * is the business of {@link io.hongyan.protocol.packet}.
 *
 * <p><b>Starting points:</b> {@link io.hongyan.protocol.frame.Frame} for what is sent,
 * {@link io.hongyan.protocol.frame.FrameReader} for what arrives, {@link io.hongyan.protocol.frame.Preface} for how a
 * stream begins.
 *
 * <pre>
 *   0        1        2        3        4
 *   +--------+--------+--------+--------+---------------------+
 *   |     length, u24, of body |  type  |  body ...           |
 *   +--------+--------+--------+--------+---------------------+
 *                               |  |  |
 *                               |  |  6 bits: the kind
 *                               |  0x40 counted by both ends
 *                               0x80 optional: skipped by who does not know it
 * </pre>
 */
@NullMarked
package io.hongyan.protocol.frame;

import org.jspecify.annotations.NullMarked;
