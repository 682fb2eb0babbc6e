// SPDX-License-Identifier: Apache-2.0
package io.hongyan.simnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DeliveryCheckerTest {

    private final DeliveryChecker checker = new DeliveryChecker();

    @Test
    void everythingDeliveredOnceAndInOrderIsClean() {
        for (long id = 1; id <= 3; id++) {
            sendAcknowledged(id);
        }
        receive(1, 2, 3);
        DeliveryReport report = checker.check();
        assertThat(report.isClean()).isTrue();
        assertThat(report.sent()).isEqualTo(3);
        assertThat(report.acknowledged()).isEqualTo(3);
        assertThat(report.received()).isEqualTo(3);
        assertThat(report).hasToString("delivery clean: 3 sent, 3 acknowledged, 0 refused, 0 unanswered, 3 received");
        assertThatCode(report::requireClean).doesNotThrowAnyException();
        assertThat(checker.allAcknowledgedReceived()).isTrue();
        assertThat(checker.allSentReceived()).isTrue();
    }

    @Test
    void acknowledgedMessageThatNeverArrivesIsMissing() {
        sendAcknowledged(1);
        sendAcknowledged(2);
        receive(1);
        assertThat(checker.allAcknowledgedReceived()).isFalse();
        assertOnly(DeliveryViolation.MISSING, "2");
    }

    @Test
    void unansweredMessageMayArriveOrNot() {
        checker.sent("alice", "bob", "chat", 1L);
        checker.sent("alice", "bob", "chat", 2L);
        receive(2);
        DeliveryReport report = checker.check();
        assertThat(report.isClean()).isTrue();
        assertThat(report.unanswered()).isEqualTo(2);
        assertThat(checker.allAcknowledgedReceived()).isTrue();
    }

    @Test
    void everySentMessageMayBeDemanded() {
        checker.sent("alice", "bob", "chat", 1L);
        checker.sent("alice", "bob", "chat", 2L);
        checker.refused("alice", "bob", "chat", 2L);
        assertThat(checker.allSentReceived()).isFalse();
        DeliveryReport report = checker.checkEverySent();
        assertThat(report.count(DeliveryViolation.MISSING)).isEqualTo(1);
        assertThat(report.offenders(DeliveryViolation.MISSING).get(0).detail()).isEqualTo("not acknowledged");
        receive(1);
        assertThat(checker.allSentReceived()).isTrue();
        assertThat(checker.checkEverySent().isClean()).isTrue();
    }

    @Test
    void messageReceivedTwiceIsDoubledAndNothingElse() {
        sendAcknowledged(1);
        sendAcknowledged(2);
        receive(1, 2, 1, 1);
        assertOnly(DeliveryViolation.DOUBLED, "1");
        assertThat(checker.check().offenders(DeliveryViolation.DOUBLED).get(0).detail())
                .isEqualTo("3 times");
    }

    @Test
    void messageOvertakenByALaterOneIsOutOfOrder() {
        for (long id = 1; id <= 4; id++) {
            sendAcknowledged(id);
        }
        receive(1, 3, 2, 4);
        assertOnly(DeliveryViolation.OUT_OF_ORDER, "2");
        assertThat(checker.check().toString()).contains("alice > bob [chat] 2 (after 3)");
    }

    @Test
    void orderHoldsWithinSenderRecipientAndLaneOnly() {
        checker.sent("alice", "bob", "chat", 1L);
        checker.sent("alice", "bob", "bulk", 1L);
        checker.sent("alice", "carol", "chat", 1L);
        checker.sent("dave", "bob", "chat", 1L);
        checker.received("dave", "bob", "chat", 1L);
        checker.received("alice", "carol", "chat", 1L);
        checker.received("alice", "bob", "bulk", 1L);
        checker.received("alice", "bob", "chat", 1L);
        assertThat(checker.checkEverySent().isClean()).isTrue();
    }

    @Test
    void orderIsNotJudgedOnUnorderedLanes() {
        checker.unordered("chat");
        sendAcknowledged(1);
        sendAcknowledged(2);
        receive(2, 1);
        assertThat(checker.check().isClean()).isTrue();
    }

    @Test
    void messageNobodySentIsAPhantom() {
        sendAcknowledged(1);
        receive(1, 99);
        assertOnly(DeliveryViolation.PHANTOM, "99");
    }

    @Test
    void messageAtTheWrongRecipientIsMissingAndAPhantom() {
        sendAcknowledged(1);
        checker.received("alice", "carol", "chat", 1L);
        DeliveryReport report = checker.check();
        assertThat(report.count(DeliveryViolation.MISSING)).isEqualTo(1);
        assertThat(report.count(DeliveryViolation.PHANTOM)).isEqualTo(1);
        assertThat(report.violations()).hasSize(2);
    }

    @Test
    void refusedMessageMustNotArrive() {
        checker.sent("alice", "bob", "chat", 1L);
        checker.refused("alice", "bob", "chat", 1L);
        assertThat(checker.check().isClean()).isTrue();
        receive(1);
        assertOnly(DeliveryViolation.REFUSED_YET_RECEIVED, "1");
    }

    @Test
    void answersMustNotContradictEachOther() {
        sendAcknowledged(1);
        checker.refused("alice", "bob", "chat", 1L);
        checker.acknowledged("alice", "bob", "chat", 7L);
        checker.refused("alice", "bob", "chat", 8L);
        DeliveryReport report = checker.check();
        assertThat(report.offenders(DeliveryViolation.CONTRADICTORY_ANSWER))
                .extracting(DeliveryReport.Offender::id)
                .containsExactlyInAnyOrder("1", "7", "8");
    }

    @Test
    void idIsSentOnce() {
        checker.sent("alice", "bob", "chat", 1L);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> checker.sent("alice", "bob", "chat", 1L))
                .withMessageContaining("alice > bob [chat] 1");
    }

    @Test
    void checkingTwiceFindsTheSame() {
        sendAcknowledged(1);
        receive(5, 5);
        assertThat(checker.check()).isEqualTo(checker.check());
    }

    @Test
    void reportFailsATestWithItsText() {
        sendAcknowledged(17);
        DeliveryReport report = checker.check();
        assertThatThrownBy(report::requireClean)
                .isInstanceOf(AssertionError.class)
                .hasMessage("delivery VIOLATED: 1 sent, 1 acknowledged, 0 refused, 0 unanswered, 0 received\n"
                        + "  MISSING 1: alice > bob [chat] 17");
    }

    @Test
    void reportIsBoundedHoweverMuchIsWrong() {
        String endless = "x".repeat(5_000);
        for (int i = 0; i < 1000; i++) {
            for (String sender : List.of("a" + endless, "b" + endless)) {
                checker.sent(sender, endless, endless, i);
                checker.acknowledged(sender, endless, endless, i);
                checker.received(sender, endless, endless, endless + i);
            }
        }
        DeliveryReport report = checker.check();
        assertThat(report.count(DeliveryViolation.MISSING)).isEqualTo(2000);
        assertThat(report.offenders(DeliveryViolation.MISSING)).hasSize(DeliveryReport.MAX_OFFENDERS);
        assertThat(report.toString()).hasSizeLessThan(4000).contains("MISSING 2000", "PHANTOM 2000", "more");
    }

    @Test
    void takesReportsFromManyThreads() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        for (int t = 0; t < 4; t++) {
            String sender = "s" + t;
            threads.execute(() -> {
                for (int i = 0; i < 5000; i++) {
                    checker.sent(sender, "bob", "chat", i);
                    checker.acknowledged(sender, "bob", "chat", i);
                    checker.received(sender, "bob", "chat", i);
                }
            });
        }
        threads.shutdown();
        assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        assertThat(checker.check().isClean()).isTrue();
        assertThat(checker.check().received()).isEqualTo(20_000);
    }

    private void sendAcknowledged(long id) {
        checker.sent("alice", "bob", "chat", id);
        checker.acknowledged("alice", "bob", "chat", id);
    }

    private void receive(long... ids) {
        for (long id : ids) {
            checker.received("alice", "bob", "chat", id);
        }
    }

    private void assertOnly(DeliveryViolation violation, String id) {
        DeliveryReport report = checker.check();
        assertThat(report.isClean()).isFalse();
        assertThat(report.violations()).containsOnlyKeys(violation).containsEntry(violation, 1L);
        assertThat(report.offenders(violation))
                .hasSize(1)
                .first()
                .extracting(DeliveryReport.Offender::id)
                .isEqualTo(id);
    }
}
