// SPDX-License-Identifier: Apache-2.0
package io.hongyan.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.core.store.MessageStore;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The guide names what is there, and nothing else. */
@Tag("once")
final class StoringGuideTest {
    private static final Path GUIDE = Path.of("../../docs/guide/storing.md");

    @TempDir
    private Path directory;

    @Test
    void listsEveryOption() throws IOException {
        List<String> options = Arrays.stream(JdbcStoreBuilder.class.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()) && !Modifier.isStatic(method.getModifiers()))
                .filter(method -> method.getReturnType() == JdbcStoreBuilder.class)
                .map(method -> method.getName())
                .toList();
        assertThat(names("## Options")).containsExactlyInAnyOrderElementsOf(options);
    }

    @Test
    void listsEveryTable() throws IOException {
        assertThat(names("## Tables")).containsExactlyInAnyOrderElementsOf(DatabaseServer.TABLES);
        for (Dialect dialect : Dialect.values()) {
            try (InputStream in =
                    Schema.class.getClassLoader().getResourceAsStream(dialect.schema() + "/V1__messages.sql")) {
                assertThat(in).as(dialect.schema()).isNotNull();
                String sql = new String(in.readAllBytes(), StandardCharsets.UTF_8);
                assertThat(Pattern.compile("CREATE TABLE (\\w+)")
                                .matcher(sql)
                                .results()
                                .map(found -> found.group(1)))
                        .containsExactlyInAnyOrderElementsOf(DatabaseServer.TABLES);
            }
        }
    }

    /** The guide's own lines, but for the server, which is not here. */
    @Test
    void opensAsTheGuideSays() throws IOException {
        assertThat(Files.readString(GUIDE))
                .contains("JdbcMessageStore.sqlite(Path.of(\"data\")).open();", ".keepFor(Duration.ofDays(90))");
        MessageStore embedded = JdbcMessageStore.sqlite(directory.resolve("data"))
                .keepFor(Duration.ofDays(90))
                .open();
        assertThat(embedded.durable()).isTrue();
        assertThat(embedded.description()).contains("SQLite", "synced", "256");
        embedded.close().toCompletableFuture().join();
    }

    /** The first cells of the rows in a section. */
    private static List<String> names(String heading) throws IOException {
        String guide = Files.readString(GUIDE);
        String section = guide.substring(guide.indexOf(heading) + heading.length());
        int end = section.indexOf("\n## ");
        return Pattern.compile("^\\| `(\\w+)` \\|", Pattern.MULTILINE)
                .matcher(end < 0 ? section : section.substring(0, end))
                .results()
                .map((MatchResult found) -> found.group(1))
                .toList();
    }
}
