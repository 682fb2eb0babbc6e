// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each page of the guide exists in Chinese, and the two are in step: the same sections and blocks of code, and tables
 * with the same rows, names and numbers.
 */
class ChineseGuideTest {
    private static final Path ROOT = Path.of("..");
    private static final Path ENGLISH = ROOT.resolve("docs/guide");
    private static final Path CHINESE = ROOT.resolve("docs/zh-CN");

    @Test
    void everyPageOfTheGuideIsThere() throws IOException {
        assertThat(names(CHINESE)).isEqualTo(names(ENGLISH));
    }

    @ParameterizedTest
    @MethodSource("pages")
    void hasTheSameCode(Path english, Path chinese) throws IOException {
        assertThat(codeOf(chinese)).isEqualTo(codeOf(english));
    }

    @ParameterizedTest
    @MethodSource("pages")
    void hasTheSameSections(Path english, Path chinese) throws IOException {
        assertThat(headings(chinese)).isEqualTo(headings(english));
    }

    @ParameterizedTest
    @MethodSource("pages")
    void itsTablesHaveTheSameRowsNamesAndNumbers(Path english, Path chinese) throws IOException {
        assertThat(rows(chinese)).containsExactlyElementsOf(rows(english));
    }

    @ParameterizedTest
    @MethodSource("pages")
    void eachLinksToTheOther(Path english, Path chinese) throws IOException {
        assertThat(Files.readString(chinese))
                .contains("[English](" + chinese.getParent().relativize(english) + ")");
    }

    static Stream<Object[]> pages() throws IOException {
        return Stream.concat(
                Stream.of(new Object[][] {{ROOT.resolve("README.md"), ROOT.resolve("README.zh-CN.md")}}),
                names(ENGLISH).stream().map(name -> new Object[] {ENGLISH.resolve(name), CHINESE.resolve(name)}));
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static List<String> codeOf(Path page) throws IOException {
        return Pattern.compile("```.*?```", Pattern.DOTALL)
                .matcher(Files.readString(page))
                .results()
                .map(MatchResult::group)
                .toList();
    }

    /** Levels only: "##", "###". */
    private static List<String> headings(Path page) throws IOException {
        return withoutCode(page)
                .filter(line -> line.startsWith("#"))
                .map(line -> line.substring(0, line.indexOf(' ')))
                .toList();
    }

    /** Of each row what no language changes: the names in code font, and the cells that are a name or a number. */
    private static List<String> rows(Path page) throws IOException {
        return withoutCode(page)
                .filter(line -> line.startsWith("|"))
                .map(ChineseGuideTest::unchanging)
                .toList();
    }

    private static String unchanging(String row) {
        StringBuilder kept = new StringBuilder("|");
        Pattern.compile("`[A-Za-z][^`]*`|(?<![\\w.])[A-Z][A-Z]+_[A-Z_]+(?!\\w)|(?<=\\| )[0-9][0-9,]*(?= \\|)")
                .matcher(row)
                .results()
                .map(MatchResult::group)
                .sorted()
                .forEach(name -> kept.append(name).append('|'));
        return kept.toString();
    }

    private static Stream<String> withoutCode(Path page) throws IOException {
        return Pattern.compile("```.*?```", Pattern.DOTALL)
                .matcher(Files.readString(page))
                .replaceAll("")
                .lines();
    }
}
