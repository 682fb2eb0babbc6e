// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The bytes that version 1 has on the wire: files of hexadecimal digits in which {@code #} begins a comment. */
public final class GoldenBytes {
    private static final String SUFFIX = ".hex";

    private GoldenBytes() {}

    /** The names of all files, without their ending, in order. */
    public static TreeSet<String> names() throws IOException {
        try (Stream<Path> files = Files.list(directory())) {
            TreeSet<String> names = new TreeSet<>();
            files.map(file -> file.getFileName().toString())
                    .forEach(name -> names.add(name.substring(0, name.length() - SUFFIX.length())));
            return names;
        }
    }

    /** The bytes of a file. */
    public static byte[] read(String name) throws IOException {
        StringBuilder digits = new StringBuilder();
        for (String line : Files.readAllLines(directory().resolve(name + SUFFIX))) {
            digits.append(line.replaceFirst("#.*", "").replace(" ", ""));
        }
        return HexFormat.of().parseHex(digits);
    }

    private static Path directory() {
        try {
            return Path.of(Objects.requireNonNull(GoldenBytes.class.getResource("/wire/v1"))
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
