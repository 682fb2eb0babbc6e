// SPDX-License-Identifier: Apache-2.0
package io.hongyan.server.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.util.Version;
import java.io.ByteArrayInputStream;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NettyVersionTest {
    @Test
    void isContentWithTheNettyOfThisBuild() {
        assertThatCode(NettyVersion::require).doesNotThrowAnyException();
        assertThat(Version.identify(NettyVersion.class.getClassLoader())).isNotEmpty();
    }

    @Test
    void saysInOneSentenceWhatIsWrongWithAnOlderOne() {
        ClassLoader springBoot35 = new ClassLoader(null) {
            @Override
            public Enumeration<URL> getResources(String name) {
                return Collections.enumeration(List.of(versionsOf("4.1.135.Final")));
            }
        };
        assertThatThrownBy(() -> NettyVersion.require(springBoot35))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Hongyan needs Netty 4.2 and found 4.1.135.Final;"
                        + " with Spring Boot 3.5 set the property netty.version to 4.2.18.Final");
    }

    @Test
    void staysUnderstandableWhenNoVersionIsFound() {
        assertThat(NettyVersion.sentence(Map.of())).startsWith("Hongyan needs Netty 4.2 and found an older one;");
    }

    private static URL versionsOf(String version) {
        String properties = "netty-common.version=" + version + "\n"
                + "netty-common.buildDate=2026-01-01 00:00:00 +0000\n"
                + "netty-common.commitDate=2026-01-01 00:00:00 +0000\n"
                + "netty-common.shortCommitHash=0\nnetty-common.longCommitHash=0\nnetty-common.repoStatus=clean\n";
        try {
            return new URL("memory", null, 0, "/versions", new URLStreamHandler() {
                @Override
                protected URLConnection openConnection(URL url) {
                    return new URLConnection(url) {
                        @Override
                        public void connect() {}

                        @Override
                        public java.io.InputStream getInputStream() {
                            return new ByteArrayInputStream(properties.getBytes(StandardCharsets.ISO_8859_1));
                        }
                    };
                }
            });
        } catch (java.net.MalformedURLException e) {
            throw new AssertionError(e);
        }
    }
}
