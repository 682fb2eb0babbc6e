// SPDX-License-Identifier: Apache-2.0
package io.hongyan.server.netty;

import io.netty.util.Version;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Says in one sentence that the Netty on the class path is too old, before a class that is missing says it in another
 * way. Build tools let a parent or a BOM decide about versions: Spring Boot 3.5 brings 4.1.
 */
final class NettyVersion {
    private static final String NEEDED_SINCE_4_2 = "io.netty.channel.MultiThreadIoEventLoopGroup";

    private NettyVersion() {}

    /** @throws IllegalStateException if Netty 4.2 is not there */
    static void require() {
        require(NettyVersion.class.getClassLoader());
    }

    static void require(ClassLoader loader) {
        try {
            Class.forName(NEEDED_SINCE_4_2, false, loader);
        } catch (ClassNotFoundException tooOld) {
            throw new IllegalStateException(sentence(Version.identify(loader)), tooOld);
        }
    }

    static String sentence(Map<String, Version> found) {
        String versions =
                found.values().stream()
                        .map(Version::artifactVersion)
                        .collect(Collectors.toCollection(TreeSet::new))
                        .stream()
                        .collect(Collectors.joining(", "));
        return "Hongyan needs Netty 4.2 and found " + (versions.isEmpty() ? "an older one" : versions)
                + "; with Spring Boot 3.5 set the property netty.version to 4.2.18.Final";
    }
}
