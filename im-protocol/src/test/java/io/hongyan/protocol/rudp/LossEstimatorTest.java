// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.protocol.rudp.LossEstimator.Level;
import io.hongyan.simnet.RandomStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LossEstimatorTest {
    private final LossEstimator loss = new LossEstimator();

    @Test
    void isSomeUntilThereAreEnoughSamples() {
        assertThat(loss.level()).isEqualTo(Level.SOME);
        acked(LossEstimator.LEAST_SAMPLES - 1);
        assertThat(loss.level()).isEqualTo(Level.SOME);
        acked(1);
        assertThat(loss.level()).isEqualTo(Level.LITTLE);
    }

    @ParameterizedTest
    @CsvSource({"0.001, LITTLE", "0.03, SOME", "0.12, MUCH", "0.5, MUCH"})
    void findsTheShare(double share, Level level) {
        RandomStream random = RandomStream.of(1, "loss");
        for (int i = 0; i < 4_000; i++) {
            settle(random.nextDouble() < share);
        }
        assertThat(loss.level()).isEqualTo(level);
        assertThat(loss.isMuchNow()).isEqualTo(level == Level.MUCH);
    }

    @Test
    void leavesALevelLowerThanItEnteredIt() {
        everyNth(10, 1_000);
        assertThat(loss.level()).isEqualTo(Level.MUCH);
        everyNth(17, 2_000);
        assertThat(loss.level()).as("6 %%").isEqualTo(Level.MUCH);
        assertThat(loss.isMuchNow()).isFalse();
        everyNth(33, 2_000);
        assertThat(loss.level()).as("3 %%").isEqualTo(Level.SOME);
        everyNth(90, 3_000);
        assertThat(loss.level()).as("1.1 %%").isEqualTo(Level.SOME);
        acked(1_000);
        assertThat(loss.level()).isEqualTo(Level.LITTLE);
        everyNth(90, 3_000);
        assertThat(loss.level()).as("1.1 %% again").isEqualTo(Level.LITTLE);
    }

    @Test
    void takesBackWhatProvesSpurious() {
        for (int i = 0; i < 2_000; i++) {
            if (i % 5 == 0) {
                loss.onLost();
                loss.onSpurious();
            } else {
                loss.onAcked();
            }
        }
        assertThat(loss.level()).isEqualTo(Level.LITTLE);
    }

    @Test
    void beginsAnewOnAnotherPath() {
        everyNth(2, 500);
        loss.reset();
        assertThat(loss.level()).isEqualTo(Level.SOME);
        acked(LossEstimator.LEAST_SAMPLES);
        assertThat(loss.level()).isEqualTo(Level.LITTLE);
    }

    @Test
    void goesOnFromItsSummary() {
        RandomStream random = RandomStream.of(2, "loss");
        LossEstimator rested = new LossEstimator();
        for (int i = 0; i < 4_000; i++) {
            boolean isLost = random.nextDouble() < i % 400 / 400.0;
            settle(isLost);
            LossEstimator next = new LossEstimator();
            next.restore(rested.summary());
            rested = next;
            if (isLost) {
                rested.onLost();
            } else {
                rested.onAcked();
            }
            assertThat(rested.summary()).isEqualTo(loss.summary());
            assertThat(rested.level()).isEqualTo(loss.level());
            assertThat(rested.isMuchNow()).isEqualTo(loss.isMuchNow());
        }
    }

    private void acked(int datagrams) {
        for (int i = 0; i < datagrams; i++) {
            loss.onAcked();
        }
    }

    private void everyNth(int n, int datagrams) {
        for (int i = 1; i <= datagrams; i++) {
            settle(i % n == 0);
        }
    }

    private void settle(boolean isLost) {
        if (isLost) {
            loss.onLost();
        } else {
            loss.onAcked();
        }
    }
}
