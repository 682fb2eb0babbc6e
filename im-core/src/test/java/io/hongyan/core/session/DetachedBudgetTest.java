// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class DetachedBudgetTest {
    @Test
    void boundsEachSessionAndAllTogether() {
        DetachedBudget budget = new DetachedBudget(1000, 2 * DetachedBudget.SESSION_BYTES + 1200);
        assertThat(budget.take(1001)).isFalse();
        assertThat(budget.take(700)).isTrue();
        assertThat(budget.hasRoom(700, 300)).isTrue();
        assertThat(budget.hasRoom(700, 301)).isFalse();
        assertThat(budget.take(600)).as("too much together").isFalse();
        assertThat(budget.take(400)).isTrue();
        budget.add(100);
        assertThat(budget.hasRoom(500, 1)).as("all is taken").isFalse();
        budget.giveBack(700);
        budget.giveBack(500);
        assertThat(budget.bytes()).isZero();
    }
}
