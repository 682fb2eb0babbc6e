// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core;

import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.packet.GoAway;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a server sends its clients away when it stops: how long it may take, in which time they leave one by one, and
 * where and when they come back. Immutable.
 *
 * <pre>{@code
 * server.stop(Drain.within(Duration.ofSeconds(30))
 *         .leavingOver(Duration.ofSeconds(20))
 *         .elsewhere("tcp://im2.example.org:7901"));
 * }</pre>
 *
 * <pre>
 *   elsewhere:   leave  |----- leavingOver -----|            come back at once: as spread as they left
 *   to itself:   leave  |----- leavingOver -----| back after |----- at least leavingOver -----|
 * </pre>
 *
 * @param time how long all of it may take; 0 or more, what is more than a year is taken for a year
 * @param leavingOver in which time the sessions leave, evenly; at most {@code time}. {@code null}, the default, is 1 ms for
 *     each session, and at most half of {@code time}
 * @param comingBackAfter how long clients stay away at least, at most an hour. {@code null}, the default, is 2 s, or nothing where
 *     {@code elsewhere} says where to go. Without {@code elsewhere} it begins for all when the last has left, and they
 *     come back spread behind it: a restart must not take longer
 * @param elsewhere other servers, the best first, as {@code tcp://HOST:PORT}, {@code tls://}, {@code udp://}, {@code ws://}
 *     or {@code wss://}; at most 8. Empty: clients come back to the servers they know
 * @param text for people; sent to the clients
 */
@ThreadSafe
public record Drain(
        Duration time,
        @Nullable Duration leavingOver,
        @Nullable Duration comingBackAfter,
        List<String> elsewhere,
        String text) {
    private static final Duration LONGEST = Duration.ofDays(365);
    private static final Duration LONGEST_AWAY = Duration.ofHours(1);
    private static final Set<String> SCHEMES = Set.of("tcp", "tls", "udp", "ws", "wss");
    private static final int HIGHEST_PORT = 65_535;
    private static final int SESSIONS_PER_SECOND = 1_000;

    /** @throws IllegalArgumentException naming what is wrong */
    public Drain {
        if (time.isNegative()) {
            throw new IllegalArgumentException("the drain is 0 or more, not " + time);
        }
        time = time.compareTo(LONGEST) > 0 ? LONGEST : time;
        if (leavingOver != null && (leavingOver.isNegative() || leavingOver.compareTo(time) > 0)) {
            throw new IllegalArgumentException("leavingOver is 0 to " + time + ", not " + leavingOver);
        }
        if (comingBackAfter != null && (comingBackAfter.isNegative() || comingBackAfter.compareTo(LONGEST_AWAY) > 0)) {
            throw new IllegalArgumentException("comingBackAfter is 0 to an hour, not " + comingBackAfter);
        }
        elsewhere = List.copyOf(elsewhere);
        if (elsewhere.size() > GoAway.MAX_ENDPOINTS) {
            throw new IllegalArgumentException("elsewhere has at most " + GoAway.MAX_ENDPOINTS + " servers");
        }
        elsewhere.forEach(Drain::requireEndpoint);
        Objects.requireNonNull(text, "text");
    }

    /** Takes at most this long, and has defaults for all else. */
    public static Drain within(Duration time) {
        return new Drain(time, null, null, List.of(), "the server is being stopped");
    }

    /** This drain, whose sessions leave in this time. */
    public Drain leavingOver(Duration window) {
        return new Drain(time, window, comingBackAfter, elsewhere, text);
    }

    /** This drain, whose clients stay away for so long at least. */
    public Drain comingBackAfter(Duration delay) {
        return new Drain(time, leavingOver, delay, elsewhere, text);
    }

    /** This drain, whose clients come back to other servers. */
    public Drain elsewhere(String... servers) {
        return new Drain(time, leavingOver, comingBackAfter, List.of(servers), text);
    }

    /** This drain, with a text for people. */
    public Drain saying(String words) {
        return new Drain(time, leavingOver, comingBackAfter, elsewhere, words);
    }

    /** In which time so many sessions leave, in ns. */
    long leavingNanos(int sessions) {
        return leavingOver == null
                ? Math.min(time.toNanos() / 2, sessions * 1_000_000_000L / SESSIONS_PER_SECOND)
                : leavingOver.toNanos();
    }

    /** How long clients stay away at least, in ms. */
    long awayMillis() {
        if (comingBackAfter != null) {
            return comingBackAfter.toMillis();
        }
        return elsewhere.isEmpty() ? ReasonCode.SERVER_STOPPING.delayMillis() : 0;
    }

    private static void requireEndpoint(String text) {
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("not a server address: " + text, e);
        }
        boolean wellFormed = uri.getScheme() != null
                && SCHEMES.contains(uri.getScheme().toLowerCase(Locale.ROOT))
                && uri.getHost() != null
                && uri.getPort() != 0
                && !text.endsWith(":")
                && uri.getPort() <= HIGHEST_PORT
                && uri.getUserInfo() == null
                && uri.getQuery() == null
                && uri.getFragment() == null
                && (uri.getPath() == null || uri.getPath().isEmpty())
                && text.length() <= GoAway.MAX_ENDPOINT_BYTES;
        if (!wellFormed) {
            throw new IllegalArgumentException("a server address is tcp://HOST:PORT, not " + text);
        }
    }
}
