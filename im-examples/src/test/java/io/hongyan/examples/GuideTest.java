// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.examples.cli.OptionSources;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What the guides say of the command line is what the command line does, and their code compiles. */
class GuideTest {

    private static final Path GUIDES = Path.of("..", "docs", "guide");
    private static final Set<String> EVERYWHERE = Set.of("config", "log-level");

    @TempDir
    @Nullable
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"server", "chat", "load", "demo", "relay", "flood"})
    void configurationListsEveryOptionOfACommand(String command) throws IOException {
        assertThat(listed(command)).isEqualTo(names(command));
    }

    @Test
    void configurationListsTheOptionsOfEveryCommand() throws IOException {
        assertThat(listed("Every command")).isEqualTo(new TreeSet<>(EVERYWHERE));
    }

    @Test
    void configurationNamesVariablesAndKeysAsTheyAreRead() throws IOException {
        String guide = Files.readString(GUIDES.resolve("configuration.md"));
        rows(guide).forEach(row -> {
            String name = row.group(1);
            assertThat(row.group(2)).isEqualTo(OptionSources.variableOf(name));
            assertThat(row.group(3)).isEqualTo(name.equals("config") ? "" : "`" + name + "`");
        });
    }

    @Test
    void aFileMayHoldTheListedKeysAndNoOther() throws IOException {
        Set<String> keys = rows(Files.readString(GUIDES.resolve("configuration.md"))).stream()
                .map(row -> row.group(3).replace("`", ""))
                .filter(key -> !key.isEmpty())
                .collect(Collectors.toCollection(TreeSet::new));
        CommandLine all = Hongyan.commandLine(OptionSources.of(new String[0], name -> null));

        assertThat(Hongyan.optionNames(all)).isEqualTo(keys);
    }

    @ParameterizedTest
    @ValueSource(strings = {"server", "chat", "load", "relay", "flood"})
    void commandLineGuideShowsEveryOption(String command) throws IOException {
        String guide = section(Files.readString(GUIDES.resolve("cli.md")), command);

        assertThat(names(command)).allSatisfy(name -> assertThat(guide).contains("--" + name));
    }

    @Test
    void codeOfTheQuickstartCompiles() throws IOException {
        List<JavaFileObject> sources = new ArrayList<>();
        Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(GUIDES.resolve("quickstart.md")))
                .results()
                .forEach(block -> sources.add(source(block.group(1))));
        assertThat(sources).hasSizeGreaterThanOrEqualTo(2);

        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter said = new StringWriter();
        boolean compiled = compiler.getTask(
                        said,
                        null,
                        null,
                        List.of("-d", directory.toString(), "-proc:none", "-Xlint:all,-path,-processing", "-Werror"),
                        null,
                        sources)
                .call();
        assertThat(compiled).as(said.toString()).isTrue();
    }

    private static Set<String> names(String command) {
        CommandLine all = Hongyan.commandLine(OptionSources.of(new String[0], name -> null));
        return all.getSubcommands().get(command).getCommandSpec().options().stream()
                .filter(option -> !option.usageHelp())
                .map(OptionSources::nameOf)
                .filter(name -> !EVERYWHERE.contains(name))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> listed(String title) throws IOException {
        String guide = Files.readString(GUIDES.resolve("configuration.md"));
        return rows(section(guide, title)).stream()
                .map(row -> row.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static List<MatchResult> rows(String text) {
        return Pattern.compile("^\\| `--([a-z-]+)` \\| `(\\w+)` \\| ?(.*?) ?\\|", Pattern.MULTILINE)
                .matcher(text)
                .results()
                .toList();
    }

    private static String section(String guide, String title) {
        int start = guide.indexOf("\n## " + title + "\n");
        assertThat(start).as("section " + title).isNotNegative();
        int end = guide.indexOf("\n## ", start + 1);
        return guide.substring(start, end < 0 ? guide.length() : end);
    }

    private static JavaFileObject source(String code) {
        MatchResult type = Pattern.compile("public class (\\w+)")
                .matcher(code)
                .results()
                .findFirst()
                .orElseThrow();
        return new SimpleJavaFileObject(
                URI.create("string:///" + type.group(1) + ".java"), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return code;
            }
        };
    }
}
