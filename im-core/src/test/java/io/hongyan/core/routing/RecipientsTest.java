// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.protocol.packet.UserId;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class RecipientsTest {
    @Test
    void knowsToWhomEachOfTheLastCountersWentHoweverTheyCome() {
        for (long seed = 0; seed < 200; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            long high = random.nextInt(1, 2_000);
            Recipients recipients = new Recipients(high);
            Map<Long, Short> model = new HashMap<>();
            for (int step = 0; step < 600; step++) {
                long counter = Math.max(1, high + random.nextInt(-200, random.nextInt(1, 60)));
                if (counter > high) {
                    for (long passed = high + 1; passed <= counter; passed++) {
                        model.remove(passed);
                    }
                    high = counter;
                    recipients.advance(counter);
                }
                short fingerprint = (short) random.nextInt(1, 5);
                recipients.put(counter, fingerprint);
                model.put(counter, fingerprint);
            }
            for (long counter = Math.max(1, high - InstanceWindow.WIDTH + 1); counter <= high; counter++) {
                for (short fingerprint = 1; fingerprint < 5; fingerprint++) {
                    boolean expected = model.getOrDefault(counter, (short) 0) == fingerprint;
                    assertThat(recipients.isTo(counter, fingerprint))
                            .as("seed %d counter %d", seed, counter)
                            .isEqualTo(expected);
                }
            }
        }
    }

    @Test
    void fingerprintsDependOnTheKeyAndTellNamesApart() {
        Fingerprints one = new Fingerprints(1234567);
        Fingerprints other = new Fingerprints(7654321);
        int same = 0;
        int equal = 0;
        for (int i = 0; i < 20_000; i++) {
            UserId user = new UserId("user" + i);
            same += one.of(user) == other.of(user) ? 1 : 0;
            equal += one.of(user) == one.of(new UserId("someone" + i)) ? 1 : 0;
        }
        assertThat(same).isLessThan(10);
        assertThat(equal).isLessThan(10);
        assertThat(one.of(new UserId("Aa"))).as("equal hash codes").isNotEqualTo(one.of(new UserId("BB")));
    }
}
