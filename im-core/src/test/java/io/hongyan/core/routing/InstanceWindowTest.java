// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.core.routing.InstanceWindow.Standing;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.packet.MessageId;
import io.hongyan.protocol.packet.UserId;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class InstanceWindowTest {
    private final InstanceWindow window = new InstanceWindow(new UserId("alice"), 1, new Fingerprints(7));

    @Test
    void takesEachMessageOnce() {
        assertThat(window.take(1)).isEqualTo(Standing.NEW);
        assertThat(window.take(1)).isEqualTo(Standing.ACCEPTED);
        window.delivered(1, null);
        assertThat(window.take(1)).isEqualTo(Standing.DELIVERED);
    }

    @Test
    void remembersThatAMessageIsOpenUntilItIsSettled() {
        window.take(1);
        window.open(1);
        assertThat(window.take(1)).isEqualTo(Standing.OPEN);
        window.settled(1, ReasonCode.OK, null);
        assertThat(window.take(1)).isEqualTo(Standing.ACCEPTED);
    }

    @Test
    void takesARefusedMessageAgain() {
        window.take(1);
        window.open(1);
        window.settled(1, ReasonCode.INBOX_FULL, null);
        assertThat(window.take(1)).isEqualTo(Standing.NEW);
        window.forget(1);
        assertThat(window.take(1)).isEqualTo(Standing.NEW);
    }

    @Test
    void remembersTheLast1024Counters() {
        window.take(5000);
        assertThat(window.take(5000 - 1023)).isEqualTo(Standing.NEW);
        assertThat(window.take(5000 - 1024)).isEqualTo(Standing.TOO_OLD);
        assertThat(window.take(MessageId.MAX_COUNTER)).isEqualTo(Standing.NEW);
        assertThat(window.take(5000)).isEqualTo(Standing.TOO_OLD);
    }

    @Test
    void ignoresReceiptsOfWhatItForgot() {
        window.take(1);
        window.take(2000);
        window.delivered(1, null);
        window.settled(1, ReasonCode.OK, null);
        assertThat(window.take(1025)).as("shares a bit with 1").isEqualTo(Standing.NEW);
    }

    @Test
    void agreesWithASimpleModel() {
        SplittableRandom random = new SplittableRandom(7);
        Set<Long> taken = new HashSet<>();
        long high = 0;
        for (int step = 0; step < 50_000; step++) {
            long counter = Math.max(1, high - 1100 + random.nextInt(1150));
            if (random.nextInt(500) == 0) {
                counter = high + random.nextInt(3000) + 1;
            }
            Standing standing = window.take(counter);
            if (counter <= high - 1024) {
                assertThat(standing).isEqualTo(Standing.TOO_OLD);
            } else {
                assertThat(standing).isEqualTo(taken.add(counter) ? Standing.NEW : Standing.ACCEPTED);
            }
            high = Math.max(high, counter);
        }
    }
}
