// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.auth;

import java.util.Locale;
import java.util.Map;

/**
 * The classes that platforms are sorted into unless the application has its own: {@code mobile}, {@code tablet},
 * {@code desktop}, {@code web}, and {@code other} for what says nothing known. The first known word decides, so that
 * {@code "android 14"}, {@code "Windows NT"} and a browser's user agent all find their class.
 */
final class PlatformClasses {
    private static final String OTHER = "other";
    private static final Map<String, String> BY_WORD = Map.ofEntries(
            Map.entry("android", "mobile"),
            Map.entry("ios", "mobile"),
            Map.entry("iphone", "mobile"),
            Map.entry("harmony", "mobile"),
            Map.entry("harmonyos", "mobile"),
            Map.entry("mobile", "mobile"),
            Map.entry("phone", "mobile"),
            Map.entry("ipad", "tablet"),
            Map.entry("ipados", "tablet"),
            Map.entry("tablet", "tablet"),
            Map.entry("pad", "tablet"),
            Map.entry("windows", "desktop"),
            Map.entry("win", "desktop"),
            Map.entry("mac", "desktop"),
            Map.entry("macos", "desktop"),
            Map.entry("macintosh", "desktop"),
            Map.entry("darwin", "desktop"),
            Map.entry("linux", "desktop"),
            Map.entry("desktop", "desktop"),
            Map.entry("pc", "desktop"),
            Map.entry("java", "desktop"),
            Map.entry("web", "web"),
            Map.entry("browser", "web"),
            Map.entry("html", "web"),
            Map.entry("mozilla", "web"),
            Map.entry("chrome", "web"),
            Map.entry("firefox", "web"),
            Map.entry("safari", "web"));

    private PlatformClasses() {}

    /** The class of a platform as a client names it. */
    static String classOf(String platform) {
        for (String word : platform.toLowerCase(Locale.ROOT).split("[^a-z]+")) {
            String found = BY_WORD.get(word);
            if (found != null) {
                return found;
            }
        }
        return OTHER;
    }
}
