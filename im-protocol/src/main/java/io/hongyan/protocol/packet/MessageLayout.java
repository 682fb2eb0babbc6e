// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

import io.hongyan.protocol.Lane;
import java.nio.ByteBuffer;

/**
 * A message on the wire: a byte that tells which fields are there, the fields, the payload to the end. A field that says
 * nothing is left out, and only then.
 *
 * <pre>
 *   flags u8 | instance i64 | counter v | to | [from] [conversation text8] [sequence v] [time v]
 *            | [type v] [content kind u8] [time to live v] | payload ...
 * </pre>
 */
final class MessageLayout {
    private static final int FROM = 0x01;
    private static final int CONVERSATION = 0x02;
    private static final int SEQUENCE = 0x04;
    private static final int TIME = 0x08;
    private static final int TYPE = 0x10;
    private static final int CONTENT_KIND = 0x20;
    private static final int TTL = 0x40;
    private static final int BULK = 0x80;

    private static final ContentKind[] CONTENT_KINDS = ContentKind.values();

    private MessageLayout() {}

    /** Size in bytes of all that stands before the payload. */
    static int headSize(Message message) {
        int size = 1 + 8 + Varint.size(message.id().counter()) + AddressLayout.size(message.to());
        Address from = message.from();
        if (from != null) {
            size += AddressLayout.size(from);
        }
        String conversation = message.conversation();
        if (conversation != null) {
            size += 1 + Utf8.length(conversation);
        }
        size += sizeUnlessZero(message.sequence());
        size += sizeUnlessZero(message.timeMillis());
        size += sizeUnlessZero(Integer.toUnsignedLong(message.type()));
        size += sizeUnlessZero(message.ttlSeconds());
        return message.contentKind() == ContentKind.BINARY ? size : size + 1;
    }

    /** Writes all that stands before the payload. */
    static void writeHead(Message message, WireOutput out) {
        int flagsAt = out.position();
        int flags = message.lane() == Lane.BULK ? BULK : 0;
        out.u8(0).i64(message.id().instance()).varint(message.id().counter());
        AddressLayout.write(message.to(), out);
        Address from = message.from();
        if (from != null) {
            flags |= FROM;
            AddressLayout.write(from, out);
        }
        String conversation = message.conversation();
        if (conversation != null) {
            flags |= CONVERSATION;
            out.text8(conversation);
        }
        if (message.sequence() != 0) {
            flags |= SEQUENCE;
            out.varint(message.sequence());
        }
        if (message.timeMillis() != 0) {
            flags |= TIME;
            out.varint(message.timeMillis());
        }
        if (message.type() != 0) {
            flags |= TYPE;
            out.varint(Integer.toUnsignedLong(message.type()));
        }
        if (message.contentKind() != ContentKind.BINARY) {
            flags |= CONTENT_KIND;
            out.u8(message.contentKind().ordinal());
        }
        if (message.ttlSeconds() != 0) {
            flags |= TTL;
            out.varint(message.ttlSeconds());
        }
        out.setU8(flagsAt, flags);
    }

    /** Reads a message to the end of the buffer. */
    static Message read(ByteBuffer in, boolean ephemeral) {
        int flags = WireInput.u8(in);
        MessageId id = new MessageId(in.getLong(), Varint.read(in));
        Address to = AddressLayout.read(in);
        Address from = (flags & FROM) == 0 ? null : AddressLayout.read(in);
        String conversation = (flags & CONVERSATION) == 0 ? null : WireInput.text8(in);
        long sequence = (flags & SEQUENCE) == 0 ? 0 : notZero(Varint.read(in));
        long timeMillis = (flags & TIME) == 0 ? 0 : notZero(Varint.read(in));
        int type = (flags & TYPE) == 0 ? 0 : u32(notZero(Varint.read(in)));
        ContentKind contentKind = (flags & CONTENT_KIND) == 0 ? ContentKind.BINARY : contentKind(in);
        int ttlSeconds = (flags & TTL) == 0 ? 0 : (int) notZero(Varint.readInt(in));
        Lane lane = lane((flags & BULK) != 0, ephemeral);
        return new Message(
                id, to, from, conversation, sequence, timeMillis, type, contentKind, lane, ttlSeconds, Payload.of(in));
    }

    private static Lane lane(boolean bulk, boolean ephemeral) {
        if (!ephemeral) {
            return bulk ? Lane.BULK : Lane.CHAT;
        }
        if (bulk) {
            throw WireInput.malformed("an ephemeral message says that it is bulk");
        }
        return Lane.EPHEMERAL;
    }

    private static ContentKind contentKind(ByteBuffer in) {
        int code = WireInput.u8(in);
        if (code == 0 || code >= CONTENT_KINDS.length) {
            throw WireInput.malformed("no kind of content");
        }
        return CONTENT_KINDS[code];
    }

    private static int sizeUnlessZero(long value) {
        return value == 0 ? 0 : Varint.size(value);
    }

    private static long notZero(long value) {
        if (value == 0) {
            throw WireInput.malformed("a field is there and says nothing");
        }
        return value;
    }

    private static int u32(long value) {
        if (value > 0xFFFF_FFFFL) {
            throw WireInput.malformed("a type beyond 2^32 - 1");
        }
        return (int) value;
    }
}
