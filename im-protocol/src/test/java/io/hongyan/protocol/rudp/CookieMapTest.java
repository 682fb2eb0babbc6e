// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.simnet.RandomStream;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CookieMapTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    void findsForTenSecondsAndKeepsTheSpent() {
        CookieMap map = new CookieMap(100);
        assertThat(map.put(0, 17, 3)).isTrue();
        assertThat(map.find(17)).isEqualTo(3);
        assertThat(map.find(18)).isEqualTo(CookieMap.ABSENT);
        map.spend(17);
        assertThat(map.find(17)).isEqualTo(CookieMap.SPENT);
        map.expire(10 * SECOND);
        assertThat(map.find(17)).isEqualTo(CookieMap.SPENT);
        map.expire(10 * SECOND + 1);
        assertThat(map.find(17)).isEqualTo(CookieMap.ABSENT);
    }

    @Test
    void refusesWhenFullOfTheLiving() {
        CookieMap map = new CookieMap(50);
        for (int i = 0; i < 50; i++) {
            assertThat(map.put(i, i, i)).isTrue();
        }
        assertThat(map.put(100, 1000, 1)).isFalse();
        assertThat(map.put(10 * SECOND + 10, 1000, 1)).isTrue();
        assertThat(map.size()).isEqualTo(41);
    }

    @Test
    void agreesWithAPlainMapThroughGrowthAndExpiry() {
        RandomStream random = RandomStream.of(2, "cookies");
        CookieMap map = new CookieMap(1 << 16);
        Map<Long, Integer> plain = new HashMap<>();
        Map<Long, Long> expiry = new HashMap<>();
        long now = 0;
        for (int i = 0; i < 30_000; i++) {
            now += random.between(0, SECOND / 100);
            long time = now;
            long name = random.between(0, 4_000) << 40;
            map.expire(now);
            expiry.entrySet().removeIf(entry -> {
                boolean gone = time > entry.getValue();
                if (gone) {
                    plain.remove(entry.getKey());
                }
                return gone;
            });
            if (!plain.containsKey(name)) {
                map.put(now, name, i);
                plain.put(name, i);
                expiry.put(name, now + 10 * SECOND);
            }
            long probe = random.between(0, 4_000) << 40;
            assertThat(map.find(probe)).isEqualTo(plain.getOrDefault(probe, CookieMap.ABSENT));
            assertThat(map.size()).isEqualTo(plain.size());
        }
    }
}
