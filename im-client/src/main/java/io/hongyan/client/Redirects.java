// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import io.hongyan.protocol.Confined;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which of the servers that a GOAWAY names a client goes to. Whoever sends it learns the client's token if the client
 * follows, so:
 *
 * <pre>
 *   said over                 followed to
 *   TLS                       TLS only: a GOAWAY never downgrades
 *   anything else             a server that the client was built with, or another port or carrier of the host it is at:
 *                             nobody vouches for who speaks there
 * </pre>
 *
 * A test of the application's own replaces the second line, and narrows the first. What is not followed is passed over
 * with a line in the log; a client that can follow nothing comes back to the servers it was built with.
 */
@Confined("owner")
final class Redirects {
    private static final Logger LOG = LoggerFactory.getLogger(Redirects.class);
    private static final Set<String> PROTECTED = Set.of("tls", "wss");

    private final List<ServerAddress> configured;
    private final @Nullable Predicate<ServerAddress> trusted;

    /** @param trusted null: the rule above */
    Redirects(List<ServerAddress> configured, @Nullable Predicate<ServerAddress> trusted) {
        this.configured = List.copyOf(configured);
        this.trusted = trusted;
    }

    /** Those of the endpoints that may be gone to, in their order. */
    List<ServerAddress> followed(ServerAddress from, List<String> endpoints) {
        List<ServerAddress> followed = new ArrayList<>(endpoints.size());
        for (String endpoint : endpoints) {
            ServerAddress to = parse(from, endpoint);
            if (to != null && isFollowed(from, to)) {
                followed.add(to);
            }
        }
        return followed;
    }

    private static @Nullable ServerAddress parse(ServerAddress from, String endpoint) {
        try {
            return ServerAddress.parse(endpoint);
        } catch (IllegalArgumentException notAnAddress) {
            LOG.warn("server={} event=redirect_ignored reason=malformed", from);
            return null;
        }
    }

    private boolean isFollowed(ServerAddress from, ServerAddress to) {
        if (isDowngrade(from.transport(), to.transport())) {
            LOG.warn("server={} event=redirect_ignored reason=less_protected to={}", from, to);
            return false;
        }
        if (!isTrusted(from, to)) {
            LOG.warn("server={} event=redirect_ignored reason=not_trusted to={}", from, to);
            return false;
        }
        return true;
    }

    /** Whether the second carrier protects less than the first. */
    static boolean isDowngrade(String from, String to) {
        return PROTECTED.contains(from) && !PROTECTED.contains(to);
    }

    private boolean isTrusted(ServerAddress from, ServerAddress to) {
        if (trusted != null) {
            return test(trusted, to);
        }
        return PROTECTED.contains(from.transport())
                || configured.contains(to)
                || to.host().equalsIgnoreCase(from.host());
    }

    /** The test is the application's: one that throws trusts nobody. */
    private static boolean test(Predicate<ServerAddress> trusted, ServerAddress to) {
        try {
            return trusted.test(to);
        } catch (RuntimeException foreign) {
            LOG.warn("event=redirect_test_failed to={}", to, foreign);
            return false;
        }
    }
}
