// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README is short, its code compiles as it stands, and what it links to is there. */
class ReadmeTest {

    private static final Path ROOT = Path.of("..");
    private static final int MOST_LINES = 150;
    private static final int MOST_SERVER_LINES = 15;
    private static final int MOST_CLIENT_LINES = 10;

    @TempDir
    private Path directory;

    @Test
    void isShort() throws IOException {
        assertThat(Files.readAllLines(ROOT.resolve("README.md"))).hasSizeLessThanOrEqualTo(MOST_LINES);
    }

    @Test
    void itsServerAndItsClientAreAsShortAsPromised() throws IOException {
        List<String> blocks = codeBlocks();
        assertThat(blocks).hasSize(2);
        assertThat(blocks.get(0).lines()).hasSizeLessThanOrEqualTo(MOST_SERVER_LINES);
        assertThat(blocks.get(1).lines()).hasSizeLessThanOrEqualTo(MOST_CLIENT_LINES);
    }

    @Test
    void itsCodeCompiles() throws IOException {
        StringBuilder type = new StringBuilder("import io.hongyan.client.*;\nimport io.hongyan.core.auth.*;\n"
                + "import io.hongyan.server.netty.*;\nimport java.util.concurrent.CompletionStage;\n"
                + "import org.slf4j.Logger;\n"
                + "class Readme {\ninterface Tokens { CompletionStage<AuthResult> verify(String token); }\n");
        int number = 0;
        for (String block : codeBlocks()) {
            type.append("void block").append(number++).append("(Tokens tokens, Logger log) throws Exception {\n");
            type.append(block).append("}\n");
        }
        String source = type.append("}\n").toString();

        StringWriter said = new StringWriter();
        boolean compiled = ToolProvider.getSystemJavaCompiler()
                .getTask(
                        said,
                        null,
                        null,
                        List.of("-d", directory.toString(), "-proc:none"),
                        null,
                        List.of(
                                new SimpleJavaFileObject(
                                        URI.create("string:///Readme.java"), JavaFileObject.Kind.SOURCE) {
                                    @Override
                                    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                                        return source;
                                    }
                                }))
                .call();
        assertThat(compiled).as(said + source).isTrue();
    }

    @Test
    void everyPageItAndTheDocsLinkToIsThere() throws IOException {
        List<Path> pages;
        try (var found = Files.walk(ROOT.resolve("docs"))) {
            pages = found.filter(page -> page.toString().endsWith(".md")).toList();
        }
        assertThat(pages).hasSizeGreaterThan(10);
        for (Path page : pages) {
            assertLinksResolve(page);
        }
        assertLinksResolve(ROOT.resolve("README.md"));
        assertLinksResolve(ROOT.resolve("CONTRIBUTING.md"));
    }

    private static void assertLinksResolve(Path page) throws IOException {
        List<MatchResult> links = Pattern.compile("\\]\\(([^)#: ]+)(#[^)]*)?\\)")
                .matcher(Files.readString(page))
                .results()
                .toList();
        assertThat(links)
                .allSatisfy(link -> assertThat(page.resolveSibling(link.group(1)))
                        .as("%s links to %s", page, link.group(1))
                        .exists());
    }

    private static List<String> codeBlocks() throws IOException {
        return Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(ROOT.resolve("README.md")))
                .results()
                .map(block -> block.group(1))
                .toList();
    }
}
