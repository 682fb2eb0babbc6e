// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.simnet.RandomStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * {@code docs/protocol/udp.md} and {@link Wire} say the same: whoever adds a kind of datagram or a segment to one must add
 * it to the other, and an example of it to {@code wire/rudp}.
 */
class WireDocumentTest {
    private static final Pattern CONSTANT = Pattern.compile("static final int (\\w+) = 0x([0-9a-f]{2});");

    /** As {@code 11S0 0010   CONNECT    client > server}; what is no 0 or 1 may be either. */
    private static final Pattern FIRST_BYTE =
            Pattern.compile("(?m)^ (1[01A-Z]{3}) ([01A-Z]{4})   ([A-Z]+|short header)\\b");

    /** As {@code | 10..1F | MESSAGE | [number 3], [length v], bytes | yes |}. */
    private static final Pattern SEGMENT = Pattern.compile(
            "(?m)^\\| ([0-9A-F]{2})(?:\\.\\.([0-9A-F]{2}))? \\| ([A-Z_]+) \\|.*\\| (yes|no|see Close) \\|$");

    /** As {@code  MESSAGE   0001 LNnn}. */
    private static final Pattern BITS = Pattern.compile("(?m)^ ([A-Z]+) +([01]{4}) ([A-Z])([A-Z])nn ");

    private final String document = read("docs/protocol/udp.md");
    private final String source = read("im-protocol/src/main/java/io/hongyan/protocol/rudp/Wire.java");

    @Test
    void firstBytesAreThoseOfTheDocument() {
        Map<String, Integer> documented = new TreeMap<>();
        for (MatchResult row : all(FIRST_BYTE, document)) {
            String bits = (row.group(1) + row.group(2)).replaceAll("[A-Z]", "0");
            documented.put(row.group(3).equals("short header") ? "SHORT" : row.group(3), Integer.parseInt(bits, 2));
        }
        Map<String, Integer> known = constants("// First bytes.");
        known.keySet().removeIf(name -> name.endsWith("_MASK") || name.endsWith("_BITS") || name.equals("ANSWER_NOW"));
        assertThat(documented).isEqualTo(known).hasSizeGreaterThan(4);
    }

    @Test
    void theEngineTakesTheFirstBytesOfTheDocumentAndNoOthers() {
        Set<Integer> documented = new TreeSet<>();
        for (MatchResult row : all(FIRST_BYTE, document)) {
            String bits = row.group(1) + row.group(2);
            for (int first = 0; first < 256; first++) {
                if (binary(first).matches(bits.replaceAll("[A-Z]", "."))) {
                    documented.add(first);
                }
            }
        }
        Set<Integer> taken = new TreeSet<>();
        for (int first = 0; first < 256; first++) {
            if (isTaken(first)) {
                taken.add(first);
            }
        }
        assertThat(taken).isEqualTo(documented);
    }

    private static boolean isTaken(int first) {
        RandomStream random = RandomStream.of(first, "first bytes");
        PeerAddress from = new PeerAddress();
        from.setIpv4(0x0a000002, 5000);
        byte[] datagram = new byte[RudpConfig.DATAGRAM_BYTES];
        datagram[0] = (byte) first;
        for (RudpEndpoint endpoint : List.of(
                RudpEndpoint.server(RudpConfig.defaults(), ServerSecret.random(random), 0, random, RudpTracer.NONE),
                RudpEndpoint.client(RudpConfig.defaults(), random, RudpTracer.NONE))) {
            endpoint.input(0, ByteBuffer.wrap(datagram), from);
            if (endpoint.stats().dropped(DropReason.NOT_OURS) == 0) {
                return true;
            }
        }
        return false;
    }

    @Test
    void segmentsAreThoseOfTheDocument() {
        Map<String, Integer> documented = new TreeMap<>();
        for (MatchResult row : all(SEGMENT, document)) {
            documented.put(row.group(3), Integer.parseInt(row.group(1), 16));
        }
        assertThat(documented).isEqualTo(constants("// Segment types.")).hasSizeGreaterThan(10);
    }

    @Test
    void theEngineTakesNoSegmentThatTheDocumentDoesNotKnow() {
        Set<Integer> unknown = new TreeSet<>();
        for (int type = 0; type < 256; type++) {
            unknown.add(type);
        }
        for (MatchResult row : all(SEGMENT, document)) {
            int from = Integer.parseInt(row.group(1), 16);
            int to = row.group(2) == null ? from : Integer.parseInt(row.group(2), 16);
            for (int type = from; type <= to; type++) {
                unknown.remove(type);
            }
        }
        Victim victim = new Victim();
        for (int type : unknown) {
            for (int fill : new int[] {0, 1, 8}) {
                assertThat(victim.closesOn(type, fill))
                        .as("segment %02x, filled with %d, breaks the rules", type, fill)
                        .isTrue();
            }
        }
        assertThat(unknown).hasSizeBetween(1, 255);
        assertThat(victim.closesOn(Wire.PADDING, 0)).isFalse();
        assertThat(victim.closesOn(Wire.PING, 0)).isFalse();
    }

    /** A server that a client with any segments to send comes to again and again. */
    private static final class Victim {
        private final DirectPair pair = new DirectPair(RudpConfig.defaults(), RudpConfig.defaults());
        private final RudpEvent event = new RudpEvent();

        /** Whether it closes on an authentic datagram that begins so. */
        boolean closesOn(int type, int fill) {
            RudpConnection connection = pair.client.connect(pair.now, pair.serverAddress);
            pair.exchange();
            assertThat(connection.isOpen()).isTrue();
            byte[] datagram = AttackRange.seal(connection.core(), 1000, out -> {
                out.writeByte(type);
                for (int i = 0; i < 64; i++) {
                    out.writeByte(fill);
                }
            });
            pair.server.input(pair.now, ByteBuffer.wrap(datagram), pair.clientAddress);
            boolean closed = false;
            while (pair.server.pollEvent(event)) {
                closed |= event.kind() == RudpEvent.CLOSED;
            }
            connection.close(pair.now, 210);
            pair.exchange();
            pair.pass(10_000_000_000L);
            return closed;
        }
    }

    @Test
    void theBitsOfMessageAndFragmentAreThoseOfTheDocument() {
        List<MatchResult> rows = all(BITS, document);
        assertThat(rows).extracting(row -> row.group(1)).containsExactly("MESSAGE", "FRAGMENT");
        for (MatchResult row : rows) {
            boolean isMessage = row.group(1).equals("MESSAGE");
            assertThat(Integer.parseInt(row.group(2), 2) << 4).isEqualTo(isMessage ? Wire.MESSAGE : Wire.FRAGMENT);
            assertThat(bit(row, "L")).isEqualTo(Wire.TO_END);
            assertThat(bit(row, isMessage ? "N" : "F")).isEqualTo(isMessage ? Wire.FOLLOWS : Wire.FINAL);
            assertThat(Wire.LANE_MASK).isEqualTo(3);
        }
    }

    private static int bit(MatchResult row, String letter) {
        return row.group(3).equals(letter) ? 8 : row.group(4).equals(letter) ? 4 : 0;
    }

    @Test
    void parametersAreThoseOfTheDocument() {
        String sentence = all(Pattern.compile("(?s)Parameters: (.*?)\\. "), document)
                .get(0)
                .group(1);
        Set<String> documented = all(Pattern.compile("(\\d+) = "), sentence).stream()
                .map(row -> row.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> known = all(Pattern.compile("static final int PARAMETER_\\w+ = (\\d+);"), source).stream()
                .map(row -> row.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(documented).isEqualTo(known).isNotEmpty();
    }

    /** This engine reads PADDING and has no need to write it. */
    @Test
    void everythingInTheDocumentHasAnExample() throws IOException {
        Set<String> shown = new TreeSet<>();
        Path examples = root().resolve("im-protocol/src/test/resources/wire/rudp");
        try (var files = Files.list(examples)) {
            for (Path file : files.toList()) {
                all(Pattern.compile("# ([A-Z_]+|short header)\\b"), Files.readString(file))
                        .forEach(row -> shown.add(row.group(1)));
            }
        }
        Set<String> documented = new TreeSet<>();
        all(FIRST_BYTE, document).forEach(row -> documented.add(row.group(3)));
        all(SEGMENT, document).forEach(row -> documented.add(row.group(3)));
        documented.remove("PADDING");
        assertThat(shown).containsAll(documented);
    }

    /** The example in words and bytes of the section on segments. */
    @Test
    void theExampleOfAnAckIsWhatIsWritten() {
        List<MatchResult> lines = all(Pattern.compile("(?m)^ (received|ACK) +((?:\\w\\w? +|\\. )+)"), document);
        assertThat(lines).hasSize(2);
        ReceivedPackets received = new ReceivedPackets();
        received.restore(-1, 0, 0, 0, 0);
        String numbers = lines.get(0).group(2).strip();
        int last = -1;
        for (String word : numbers.split(" +")) {
            if (!word.equals(".") && Integer.parseInt(word) > last) {
                last = Integer.parseInt(word);
                received.add(last, 0);
            }
        }
        byte[] segment = new byte[64];
        WireWriter out = new WireWriter(segment);
        received.writeAck(out, 0);
        String hex = HexFormat.ofDelimiter(" ").withUpperCase().formatHex(segment, 0, out.position);
        assertThat(lines.get(1).group(2).strip().replaceAll(" +", " ")).startsWith(hex);
    }

    // Reading.

    /** The constants of a section of Wire, which ends with an empty line or at its helpers. */
    private Map<String, Integer> constants(String section) {
        int from = source.indexOf(section);
        assertThat(from).as(section).isPositive();
        String text = source.substring(from, source.indexOf("\n\n", from));
        Map<String, Integer> constants = new TreeMap<>();
        all(CONSTANT, text).forEach(row -> constants.put(row.group(1), Integer.parseInt(row.group(2), 16)));
        return constants;
    }

    private static String binary(int value) {
        return Integer.toBinaryString(256 + value).substring(1);
    }

    private static List<MatchResult> all(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        return matcher.results().toList();
    }

    private static String read(String file) {
        try {
            return Files.readString(root().resolve(file));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Path root() {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.exists(directory.resolve("docs/protocol/udp.md"))) {
            directory = directory.getParent();
        }
        return directory;
    }
}
