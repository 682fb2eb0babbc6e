// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class PacketTypeTest {
    private static final Path PAGE = Path.of("..", "docs", "protocol", "packets.md");
    private static final Pattern ROW =
            Pattern.compile("\\| (0x[0-9A-F]{2}) \\| ([A-Z_]+) \\| (yes|no) \\| (yes|no) \\| .*");

    @Test
    void kindIsUnique() {
        assertThat(Arrays.stream(PacketType.values()).map(type -> type.code() & 0x3F))
                .doesNotHaveDuplicates();
    }

    @Test
    void codeFindsItsTypeAndNoOtherDoes() {
        EnumSet<PacketType> found = EnumSet.noneOf(PacketType.class);
        for (int code = 0; code < 256; code++) {
            PacketType type = PacketType.fromCode(code);
            if (type != null) {
                assertThat(type.code()).isEqualTo(code);
                found.add(type);
            }
        }
        assertThat(found).containsExactly(PacketType.values());
    }

    @Test
    void onlyMessagesLastChunksAndReadsAreCounted() {
        assertThat(Arrays.stream(PacketType.values()).filter(PacketType::counted))
                .containsExactly(PacketType.MESSAGE, PacketType.LAST_CHUNK, PacketType.READ);
    }

    @Test
    void pageListsEveryTypeAsItIs() throws IOException {
        List<String> listed = new ArrayList<>();
        for (String line : Files.readAllLines(PAGE)) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                listed.add(row.group(1) + " " + row.group(2) + " " + row.group(3) + " " + row.group(4));
            }
        }
        List<String> types = new ArrayList<>();
        for (PacketType type : PacketType.values()) {
            types.add(hex(type) + " " + type + " " + yesOrNo(type.counted()) + " " + yesOrNo(type.optional()));
        }
        assertThat(listed).isEqualTo(types);
    }

    @Test
    void pageHasAFieldTableForEveryType() throws IOException {
        String headings = String.join(
                "\n",
                Files.readAllLines(PAGE).stream()
                        .filter(line -> line.startsWith("### "))
                        .toList());
        for (PacketType type : PacketType.values()) {
            assertThat(headings).contains(type + " (" + hex(type) + ")");
        }
    }

    private static String hex(PacketType type) {
        return String.format("0x%02X", type.code());
    }

    private static String yesOrNo(boolean value) {
        return value ? "yes" : "no";
    }
}
