// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import java.util.HexFormat;

/**
 * A decoder written from {@code docs/protocol/udp.md}, sharing no code with the engine: reads a datagram of CLEAR
 * protection and prints each field with its meaning.
 */
final class DatagramDump {
    private final byte[] bytes;
    private final StringBuilder text = new StringBuilder();
    private int at;

    private DatagramDump(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Prints a datagram, one field a line. {@code toClient}: how long a short header's id is. */
    static String of(byte[] datagram, int clientIdBytes, boolean toClient) {
        DatagramDump dump = new DatagramDump(datagram);
        dump.datagram(toClient ? clientIdBytes : 8);
        return dump.text.toString();
    }

    private void datagram(int idBytes) {
        int first = bytes[0] & 0xff;
        if ((first & 0xc0) == 0x80) {
            int numberBytes = (first & 3) + 1;
            field(
                    1,
                    "short header" + ((first & 0x20) != 0 ? ", answer now" : "") + ", packet number of " + numberBytes);
            if (idBytes > 0) {
                field(idBytes, "connection id");
            }
            field(numberBytes, "packet number");
            segments(bytes.length - 8);
            field(8, "tag");
            return;
        }
        switch (first & 0xdf) {
            case 0xc0 -> {
                field(1, "INITIAL");
                field(4, "version");
                field(8, "nonce");
                field((int) field(1, "length of the client's id"), "client's id");
                field(1, "protection: CLEAR");
                field((int) field(2, "length"), "client's key exchange");
                for (int i = at; i < bytes.length; i++) {
                    require(bytes[i] == 0);
                }
                text.append("# zeros up to ").append(bytes.length).append('\n');
                at = bytes.length;
            }
            case 0xc1 -> {
                field(1, "COOKIE");
                field((int) field(1, "length of the client's id"), "client's id");
                field(8, "nonce of INITIAL");
                field((int) field(2, "length"), "server's key exchange");
                field((int) field(2, "length"), "cookie");
                field(8, "tag");
            }
            case 0xc2 -> {
                field(1, "CONNECT" + ((first & 0x20) != 0 ? ", answer now" : ""));
                field(4, "version");
                field((int) field(2, "length"), "cookie");
                field(4, "packet number");
                segments(bytes.length - 8);
                field(8, "tag");
            }
            case 0xc3 -> {
                field(1, "RESET");
                field(8, "server's id");
                field(8, "token");
            }
            case 0xc4 -> {
                field(1, "REFUSAL");
                field((int) field(1, "length of the client's id"), "client's id");
                field(8, "nonce of INITIAL");
                field(2, "code");
                for (long left = field(1, "versions"); left > 0; left--) {
                    field(4, "version");
                }
                for (long left = field(1, "protections"); left > 0; left--) {
                    field(1, "protection");
                }
            }
            case 0xc5 -> {
                field(1, "RESUME" + ((first & 0x20) != 0 ? ", answer now" : ""));
                field(4, "version");
                field(8, "nonce");
                field((int) field(1, "length of the client's id"), "client's id");
                field(1, "protection: CLEAR");
                field((int) field(2, "length"), "client's key exchange");
                field((int) field(2, "length"), "ticket, which begins with its loop");
                field(4, "packet number");
                segments(bytes.length - 8);
                field(8, "tag");
            }
            default -> throw new AssertionError("no datagram of ours begins with " + Integer.toHexString(first));
        }
        require(at == bytes.length);
    }

    private void segments(int end) {
        while (at < end) {
            int type = bytes[at] & 0xff;
            if (type >= 0x10 && type < 0x20) {
                message(type, end);
            } else if (type >= 0x20 && type < 0x30) {
                fragment(type, end);
            } else {
                control(type);
            }
        }
        require(at == end);
    }

    private void message(int type, int end) {
        int lane = type & 3;
        boolean follows = (type & 4) != 0;
        boolean toEnd = (type & 8) != 0;
        field(1, "MESSAGE " + lane(lane) + (follows ? ", the next number" : "") + (toEnd ? ", to the end" : ""));
        if (lane != 2 && !follows) {
            field(2, "number");
        }
        field(toEnd ? end - at : (int) varint("length"), "message");
    }

    private void fragment(int type, int end) {
        boolean isFinal = (type & 4) != 0;
        boolean toEnd = (type & 8) != 0;
        field(1, "FRAGMENT " + lane(type & 3) + (isFinal ? ", final" : "") + (toEnd ? ", to the end" : ""));
        field(2, "number");
        varint("offset / 128");
        field(toEnd ? end - at : (int) varint("length"), "part of the message");
    }

    private void control(int type) {
        switch (type) {
            case 0 -> {
                int length = 1;
                while (at + length < bytes.length - 8 && bytes[at + length] == 0) {
                    length++;
                }
                field(length, "PADDING, " + length + " times");
            }
            case 1 -> field(1, "PING");
            case 2 -> {
                field(1, "ACK");
                varint("largest");
                varint("delay in us");
                long ranges = field(1, "further ranges");
                varint("first range: numbers below the largest");
                while (ranges-- > 0) {
                    varint("numbers missing - 1");
                    varint("numbers in the range - 1");
                }
            }
            case 3 -> {
                field(1, "CLOSE");
                varint("code");
            }
            case 4 -> {
                field(1, "PATH_CHALLENGE");
                field(8, "data");
            }
            case 5 -> {
                field(1, "PATH_RESPONSE");
                field(8, "data of the challenge");
            }
            case 6 -> {
                field(1, "CREDIT");
                varint("chat: bytes in all");
                varint("bulk: bytes in all");
            }
            case 7 -> {
                field(1, "HELLO");
                parameters();
            }
            case 8 -> {
                field(1, "ACCEPT");
                field(8, "server's id");
                field(8, "reset token");
                parameters();
            }
            case 9 -> {
                field(1, "TICKET");
                varint("lifetime in s");
                field((int) varint("length"), "ticket, which begins with its loop");
            }
            default -> throw new AssertionError("no segment has type " + type);
        }
    }

    private void parameters() {
        for (long left = field(1, "parameters"); left > 0; left--) {
            varint("parameter");
            varint("value");
        }
    }

    private static String lane(int lane) {
        return switch (lane) {
            case 0 -> "chat";
            case 1 -> "bulk";
            case 2 -> "ephemeral";
            default -> throw new AssertionError("no lane has code " + lane);
        };
    }

    private long varint(String meaning) {
        int length = 1 << ((bytes[at] & 0xc0) >> 6);
        long value = bytes[at] & 0x3f;
        for (int i = 1; i < length; i++) {
            value = value * 256 + (bytes[at + i] & 0xff);
        }
        print(length, meaning + ": " + value);
        return value;
    }

    private long field(int length, String meaning) {
        require(length >= 0 && at + length <= bytes.length);
        long value = 0;
        for (int i = 0; i < Math.min(length, 8); i++) {
            value = value * 256 + (bytes[at + i] & 0xff);
        }
        print(length, meaning);
        return value;
    }

    private void print(int length, String meaning) {
        for (int done = 0; done == 0 || done < length; done += 16) {
            String hex = HexFormat.ofDelimiter(" ").formatHex(bytes, at + done, at + Math.min(length, done + 16));
            text.append(String.format("%-48s # %s%n", hex, done == 0 ? meaning : "")
                            .stripTrailing())
                    .append('\n');
        }
        at += length;
    }

    private static void require(boolean condition) {
        if (!condition) {
            throw new AssertionError("the datagram is not laid out as documented");
        }
    }
}
