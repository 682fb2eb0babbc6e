// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HotStatePoolTest {
    private final HotStatePool pool = new HotStatePool(RudpConfig.defaults());

    private List<HotState> take(int count) {
        List<HotState> taken = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            HotState hot = pool.take();
            hot.reset(0);
            taken.add(hot);
        }
        return taken;
    }

    /** As much as a burst of small messages, and many long ones, leave behind. */
    private static void grow(HotState hot) {
        for (int i = 0; i < 1000; i++) {
            hot.sent.addReference(1, 1);
            hot.sent.addReference(1, 1);
            hot.sent.addReference(1, 1);
            hot.sent.commit(true, 0, 1200, 0, -1);
        }
        List<FragmentedMessage> messages = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            messages.add(hot.chatQueue.takeFragmented(65_540));
        }
        messages.forEach(hot.chatQueue::giveBack);
    }

    @Test
    void givesAgainWhatItTook() {
        List<HotState> taken = take(1000);
        assertThat(pool.inUse()).isEqualTo(1000);
        taken.forEach(pool::giveBack);
        assertThat(pool.inUse()).isZero();
        assertThat(take(1000)).containsExactlyInAnyOrderElementsOf(taken);
        assertThat(pool.keptBytes()).isZero();
    }

    @Test
    void anotherBurstNeedNotGrowItAgain() {
        HotState hot = take(1).get(0);
        grow(hot);
        long grown = hot.heldBytes();
        pool.giveBack(hot);
        assertThat(pool.take()).isSameAs(hot);
        hot.reset(0);
        assertThat(hot.heldBytes()).isEqualTo(grown);
        grow(hot);
        assertThat(hot.heldBytes()).isEqualTo(grown);
    }

    @Test
    void keepsLittleMemoryAfterABurstOfGrownOnes() {
        List<HotState> taken = take(600);
        taken.forEach(HotStatePoolTest::grow);
        long each = taken.get(0).heldBytes();
        long small = new HotState(RudpConfig.defaults(), pool.buffers(), new GrowthBudget(0)).heldBytes();
        // The largest arrays alone: 1,024 packets, 8,192 references.
        assertThat(each).isGreaterThan(1024 * 27 + 8192 * 8);
        taken.forEach(pool::giveBack);
        assertThat(pool.keptBytes()).isLessThanOrEqualTo(HotStatePool.MAX_KEPT_BYTES);
        long grownBytes = taken.stream()
                .mapToLong(HotState::heldBytes)
                .filter(bytes -> bytes == each)
                .sum();
        assertThat(grownBytes).isBetween(HotStatePool.MAX_KEPT_BYTES / 2 - each, HotStatePool.MAX_KEPT_BYTES / 2);
        assertThat(taken).allMatch(hot -> hot.heldBytes() == each || hot.heldBytes() == small);
        assertThat(take(600)).as("small ones have room still").containsExactlyInAnyOrderElementsOf(taken);
    }
}
