// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** The datagrams of {@code wire/rudp}, which {@link RudpWireTest} holds, as seeds for fuzz tests. */
final class GoldenDatagrams {
    /** Ids that the session's client chose have four bytes. */
    private static final int CLIENT_ID_BYTES = 4;
    /** Ids that its server chose begin with this. */
    private static final int LOOP = 2;

    private GoldenDatagrams() {}

    /** All, in the order of their names. */
    static List<byte[]> all() {
        try (Stream<Path> files = Files.list(directory())) {
            return files.sorted().map(GoldenDatagrams::read).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What those that are sealed carry: without header and tag. */
    static List<byte[]> allSegments() {
        return all().stream()
                .filter(datagram -> segmentsAt(datagram) > 0)
                .map(datagram -> Arrays.copyOfRange(datagram, segmentsAt(datagram), datagram.length - 8))
                .toList();
    }

    private static int segmentsAt(byte[] datagram) {
        int first = datagram[0] & 0xDF;
        if ((first & Wire.SHORT_MASK) == Wire.SHORT) {
            int numberBytes = (first & Wire.PACKET_NUMBER_LENGTH_MASK) + 1;
            boolean toServer = datagram[1] == LOOP;
            return 1 + (toServer ? Wire.SERVER_ID_BYTES : CLIENT_ID_BYTES) + numberBytes;
        }
        if (first == Wire.RESUME) {
            int ticketAt = 1 + 4 + 8 + 1 + CLIENT_ID_BYTES + 1 + 2 + 16 + 2;
            return ticketAt + (int) Bytes.readLong(datagram, ticketAt - 2, 2) + 4;
        }
        return first == Wire.CONNECT ? 7 + (int) Bytes.readLong(datagram, 5, 2) + 4 : -1;
    }

    private static byte[] read(Path file) {
        try {
            StringBuilder digits = new StringBuilder();
            for (String line : Files.readAllLines(file)) {
                digits.append(line.replaceFirst("#.*", "").replace(" ", ""));
            }
            return HexFormat.of().parseHex(digits);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path directory() {
        try {
            return Path.of(Objects.requireNonNull(GoldenDatagrams.class.getResource("/wire/rudp"))
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
