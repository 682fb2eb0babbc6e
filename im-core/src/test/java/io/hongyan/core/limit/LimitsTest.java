// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;

final class LimitsTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    void hasSafeDefaults() {
        ServerLimits limits = ServerLimits.defaults();
        assertThat(limits.rateLimited()).isTrue();
        assertThat(limits.messagesPerSecond()).isEqualTo(50);
        assertThat(limits.messageBurst()).isEqualTo(200);
        assertThat(limits.loginsPerSecond()).isEqualTo(20);
        assertThat(limits.maxFrameBytes()).isEqualTo(65_536);
        for (Limit limit : Limit.values()) {
            assertThat(limits.value(limit)).as(limit.title()).isEqualTo(limit.defaultValue());
            assertThat(limit.defaultValue()).as(limit.title()).isBetween(limit.least(), limit.most());
        }
    }

    @Test
    void chunksTakeAnEighthOfTheHeapAtMost() {
        assertThat(ServerLimits.defaults().reassemblyBytes())
                .isLessThanOrEqualTo(Runtime.getRuntime().maxMemory() / 8)
                .isLessThanOrEqualTo(256L * 1024 * 1024)
                .isGreaterThanOrEqualTo(1024 * 1024);
    }

    @Test
    void reportsAllMistakesAtOnce() {
        assertThatThrownBy(() -> ServerLimits.builder()
                        .maxFrameBytes(1)
                        .devicesPerUser(0)
                        .minKeepAliveSeconds(100)
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("maxFrameBytes = 1")
                .hasMessageContaining("devicesPerUser = 0")
                .hasMessageContaining("minKeepAliveSeconds is larger than keepAliveSeconds");
    }

    @Test
    void keepsWhatWasSet() {
        ServerLimits limits =
                ServerLimits.builder().noRateLimits().sessionBytes(20_000).build();
        assertThat(limits.toBuilder().build().sessionBytes()).isEqualTo(20_000);
        assertThat(limits.toBuilder().build().rateLimited()).isFalse();
        assertThat(limits).hasToString("ServerLimits[sessionBytes=20000 notRateLimited]");
    }

    /** The table in the guide is this enum's, to the letter. */
    @Test
    void isWhatTheGuideSays() throws IOException {
        StringBuilder table = new StringBuilder();
        for (Limit limit : Limit.values()) {
            String usual = switch (limit) {
                case WORKER_THREADS -> "2 per core, at least 4";
                case REASSEMBLY_BYTES, DETACHED_BYTES -> "an eighth of the heap, at most 268,435,456";
                default -> grouped(limit.defaultValue());
            };
            table.append("| `")
                    .append(limit.title())
                    .append("` | ")
                    .append(usual)
                    .append(" | ");
            table.append(grouped(limit.least())).append(" to ").append(grouped(limit.most()));
            table.append(" | ").append(limit.unit()).append(" | ").append(limit.meaning());
            table.append(" | ").append(limit.answer()).append(" |\n");
        }
        String guide = Files.readString(Path.of("../docs/guide/limits.md"), StandardCharsets.UTF_8);
        assertThat(guide).contains(table.toString());
    }

    @Test
    void countsAnIpv6NetworkAsOneAddress() throws UnknownHostException {
        AddressRates rates = new AddressRates(1, 1, 1000);
        assertThat(rates.take(address("2001:db8::1"), 0)).isTrue();
        assertThat(rates.take(address("2001:db8::2"), 0)).isFalse();
        assertThat(rates.take(address("2001:db8:0:1::1"), 0)).isTrue();
        assertThat(rates.take(address("192.0.2.1"), 0)).isTrue();
        assertThat(rates.take(address("192.0.2.1"), 0)).isFalse();
        assertThat(rates.take(address("192.0.2.2"), 0)).isTrue();
        assertThat(rates.take(address("192.0.2.1"), SECOND)).isTrue();
    }

    @Test
    void forgetsTheAddressNotHeardOfForLongest() throws UnknownHostException {
        AddressRates rates = new AddressRates(1, 1, 16);
        for (int i = 0; i < 10_000; i++) {
            assertThat(rates.take(address("10.0." + i / 256 + "." + i % 256), 0))
                    .isTrue();
        }
        assertThat(rates.take(address("10.0.0.0"), 0)).as("forgotten").isTrue();
    }

    private static InetSocketAddress address(String text) throws UnknownHostException {
        return new InetSocketAddress(InetAddress.getByName(text), 1);
    }

    private static String grouped(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }
}
