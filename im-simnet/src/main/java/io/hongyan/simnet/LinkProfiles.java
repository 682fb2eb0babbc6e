// SPDX-License-Identifier: Apache-2.0
package io.hongyan.simnet;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Link profiles with names, each for one direction; use one both ways unless the directions differ. They are orders of
 * magnitude to test against, not measurements of anybody's network.
 */
public final class LinkProfiles {

    /** Nothing happens to a datagram, and it takes no time: for tests of logic alone. */
    public static final LinkProfile PERFECT = LinkProfile.builder("perfect").build();

    /** A wired office: 0.2 ms one way, 1 Gbit/s, no loss. */
    public static final LinkProfile LAN = LinkProfile.builder("lan")
            .delayMillis(0.2)
            .jitterMillis(0.05, JitterShape.NORMAL)
            .keepOrder()
            .rate(1_000_000_000, 512 * 1024)
            .build();

    /** A home on a good line: 15 ms one way, 50 Mbit/s, 1 datagram in 1,000 lost, in-order jitter of 2 ms. */
    public static final LinkProfile BROADBAND = LinkProfile.builder("broadband")
            .delayMillis(15)
            .jitterMillis(2, JitterShape.NORMAL)
            .keepOrder()
            .loss(0.001)
            .rate(50_000_000, 512 * 1024)
            .build();

    /** A busy wireless network: 10 ms one way, jitter of 5 ms, 0.5 % lost and 40 ms of silence every 10 s. */
    public static final LinkProfile WIFI = LinkProfile.builder("wifi")
            .delayMillis(10)
            .jitterMillis(5, JitterShape.NORMAL)
            .keepOrder()
            .loss(0.005)
            .bursts(BurstLoss.timed(10_000, 40))
            .rate(40_000_000, 256 * 1024)
            .build();

    /** A phone on LTE, moving: 25 ms one way, jitter of 8 ms, 0.5 % lost, a hand-over of 150 ms every 20 s. */
    public static final LinkProfile MOBILE_4G = LinkProfile.builder("mobile-4g")
            .delayMillis(25)
            .jitterMillis(8, JitterShape.NORMAL)
            .keepOrder()
            .loss(0.005)
            .bursts(BurstLoss.timed(20_000, 150))
            .reordering(0.001, 20)
            .rate(10_000_000, 256 * 1024)
            .build();

    /** A phone on UMTS: 60 ms one way, jitter of 20 ms, 1 % lost, 1 Mbit/s behind a queue of a full second. */
    public static final LinkProfile MOBILE_3G = LinkProfile.builder("mobile-3g")
            .delayMillis(60)
            .jitterMillis(20, JitterShape.NORMAL)
            .keepOrder()
            .loss(0.01)
            .bursts(BurstLoss.timed(15_000, 300))
            .rate(1_000_000, 128 * 1024)
            .build();

    /** A phone in a tunnel: 40 ms one way, jitter of 15 ms, 3 % lost, 0.4 s of silence every 4 s, 2 Mbit/s. */
    public static final LinkProfile SUBWAY = LinkProfile.builder("subway")
            .delayMillis(40)
            .jitterMillis(15, JitterShape.NORMAL)
            .keepOrder()
            .loss(0.03)
            .bursts(BurstLoss.timed(4_000, 400))
            .reordering(0.005, 40)
            .rate(2_000_000, 128 * 1024)
            .build();

    /** A geostationary satellite: 300 ms one way, 1 % lost, 10 Mbit/s behind a large queue. */
    public static final LinkProfile SATELLITE = LinkProfile.builder("satellite")
            .delayMillis(300)
            .jitterMillis(5, JitterShape.NORMAL)
            .keepOrder()
            .loss(0.01)
            .rate(10_000_000, 1024 * 1024)
            .build();

    /** The yardstick of our own figures: 25 ms one way (a round trip of 50 ms), 10 % lost, nothing else. */
    public static final LinkProfile LOSSY =
            LinkProfile.builder("lossy").delayMillis(25).loss(0.10).build();

    private static final Map<String, LinkProfile> BY_NAME =
            byName(PERFECT, LAN, BROADBAND, WIFI, MOBILE_4G, MOBILE_3G, SUBWAY, SATELLITE, LOSSY);

    private LinkProfiles() {}

    /**
     * A profile by its name. Upper and lower case are the same, and so are {@code _} and {@code -}.
     *
     * @throws IllegalArgumentException if there is none, naming those there are
     */
    public static LinkProfile named(String name) {
        LinkProfile profile = BY_NAME.get(name.toLowerCase(Locale.ROOT).replace('_', '-'));
        if (profile == null) {
            throw new IllegalArgumentException("no link profile \"" + name + "\"; there are " + BY_NAME.keySet());
        }
        return profile;
    }

    /** Every profile of this class, from the best to the worst, more or less. */
    public static List<LinkProfile> all() {
        return List.copyOf(BY_NAME.values());
    }

    private static Map<String, LinkProfile> byName(LinkProfile... profiles) {
        Map<String, LinkProfile> byName = new LinkedHashMap<>();
        for (LinkProfile profile : profiles) {
            byName.put(profile.name(), profile);
        }
        return Collections.unmodifiableMap(byName);
    }
}
