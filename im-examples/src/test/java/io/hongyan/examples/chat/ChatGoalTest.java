// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.chat;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.examples.chat.ChatGoal.State;
import io.hongyan.examples.chat.ChatGoal.Verdict;
import io.hongyan.examples.cli.Utf8Console.Input;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ChatGoalTest {

    private static final Duration MINUTE = Duration.ofSeconds(60);

    @Test
    void pipedChatEndsWhenAllIsDeliveredAndEnoughCameIn() {
        ChatGoal goal = goal(Input.PIPED, 2L, null);

        assertThat(goal.judge(new Scene().state())).isEqualTo(Verdict.GO_ON);
        assertThat(goal.judge(new Scene().received(2).state())).isEqualTo(Verdict.GO_ON);
        assertThat(goal.judge(new Scene().received(1).inputEnded(1).state())).isEqualTo(Verdict.GO_ON);
        assertThat(goal.judge(
                        new Scene().received(2).inputEnded(1).undelivered().state()))
                .isEqualTo(Verdict.GO_ON);
        assertThat(goal.judge(new Scene().received(2).inputEnded(1).state())).isEqualTo(Verdict.REACHED);
    }

    @Test
    void pipedChatGivesUpAfterItsTimeoutBehindTheEndOfTheInput() {
        ChatGoal goal = goal(Input.PIPED, null, Duration.ofSeconds(5));

        assertThat(goal.judge(new Scene().started(900).undelivered().state())).isEqualTo(Verdict.GO_ON);
        assertThat(goal.judge(new Scene().inputEnded(5).undelivered().state())).isEqualTo(Verdict.GO_ON);
        assertThat(goal.judge(new Scene().inputEnded(6).undelivered().state())).isEqualTo(Verdict.GIVEN_UP);
    }

    @Test
    void pipedChatGivesUpWhenTheConnectionStaysLostOrTheServerAcceptsNothing() {
        ChatGoal goal = goal(Input.PIPED, null, null);

        assertThat(goal.judge(new Scene().connectionLost(59).state())).isEqualTo(Verdict.GO_ON);
        assertThat(goal.judge(new Scene().connectionLost(61).state())).isEqualTo(Verdict.GIVEN_UP);
        assertThat(goal.judge(new Scene().waiting(61).state())).isEqualTo(Verdict.GIVEN_UP);
    }

    @Test
    void terminalEndsByExitAfterAlone() {
        ChatGoal goal = goal(Input.TERMINAL, 3L, Duration.ofSeconds(1));

        assertThat(goal.judge(new Scene()
                        .started(900)
                        .connectionLost(900)
                        .inputEnded(900)
                        .received(2)
                        .state()))
                .isEqualTo(Verdict.GO_ON);
        assertThat(goal.judge(new Scene().received(3).state())).isEqualTo(Verdict.REACHED);
    }

    @Test
    void personMayLeaveOnceTheServerHasEverything() {
        ChatGoal goal = goal(Input.TERMINAL, null, null);

        assertThat(goal.judge(new Scene().started(9000).state())).isEqualTo(Verdict.GO_ON);
        assertThat(goal.judge(new Scene().inputEnded(0).undelivered().state())).isEqualTo(Verdict.REACHED);
        assertThat(goal.judge(new Scene().inputEnded(1).waiting(1).state())).isEqualTo(Verdict.GO_ON);
        assertThat(goal.judge(new Scene().inputEnded(6).waiting(6).state())).isEqualTo(Verdict.REACHED);
    }

    @Test
    void listenerWithoutInputStaysUntilEnoughCameInOrTheGivenTimeIsOver() {
        assertThat(goal(Input.NONE, null, Duration.ofSeconds(1))
                        .judge(new Scene().started(900).state()))
                .isEqualTo(Verdict.GO_ON);
        assertThat(goal(Input.NONE, 1L, null).judge(new Scene().started(900).state()))
                .isEqualTo(Verdict.GO_ON);
        assertThat(goal(Input.NONE, 1L, MINUTE).judge(new Scene().started(61).state()))
                .isEqualTo(Verdict.GIVEN_UP);
        assertThat(goal(Input.NONE, 1L, MINUTE)
                        .judge(new Scene().started(1).received(1).state()))
                .isEqualTo(Verdict.REACHED);
    }

    private static ChatGoal goal(Input input, @Nullable Long exitAfter, @Nullable Duration timeout) {
        return new ChatGoal(input, exitAfter, timeout, MINUTE);
    }

    /** A chat that has just begun, and what is different. */
    private static final class Scene {

        private long started = 1;
        private long inputEnded = -1;
        private long connectionLost;
        private long waiting;
        private long received;
        private boolean delivered = true;

        Scene started(long seconds) {
            started = seconds;
            return this;
        }

        Scene inputEnded(long secondsAgo) {
            inputEnded = secondsAgo;
            return this;
        }

        Scene connectionLost(long secondsAgo) {
            connectionLost = secondsAgo;
            return this;
        }

        Scene waiting(long seconds) {
            waiting = seconds;
            delivered = false;
            return this;
        }

        Scene received(long messages) {
            received = messages;
            return this;
        }

        Scene undelivered() {
            delivered = false;
            return this;
        }

        State state() {
            return new State(
                    Duration.ofSeconds(started),
                    inputEnded >= 0,
                    Duration.ofSeconds(Math.max(0, inputEnded)),
                    Duration.ofSeconds(connectionLost),
                    Duration.ofSeconds(waiting),
                    received,
                    waiting == 0,
                    delivered);
        }
    }
}
