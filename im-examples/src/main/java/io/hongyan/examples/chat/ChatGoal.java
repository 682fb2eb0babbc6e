// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.chat;

import io.hongyan.examples.cli.Utf8Console.Input;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * When a chat has reached what was asked for, and when it gives up. The table is in {@code docs/guide/cli.md}.
 *
 * @param input where lines come from
 * @param exitAfter how many messages have to come in; null = none has to
 * @param givenTimeout the value of {@code --timeout}, null when it was not given
 * @param defaultTimeout in its place, where there is a time-out at all
 */
record ChatGoal(
        Input input, @Nullable Long exitAfter, @Nullable Duration givenTimeout, Duration defaultTimeout) {

    /**
     * What a chat looks like at one moment.
     *
     * @param inputEnded no line will follow
     * @param sinceInputEnded zero before
     * @param connectionLost how long there has been no connection; zero while there is one
     * @param waiting how long lines have waited for the server to accept any; zero while none waits
     * @param received messages that came in
     * @param allAccepted every line was accepted by the server, or failed
     * @param allDelivered every line was delivered, or failed
     */
    record State(
            Duration sinceStart,
            boolean inputEnded,
            Duration sinceInputEnded,
            Duration connectionLost,
            Duration waiting,
            long received,
            boolean allAccepted,
            boolean allDelivered) {}

    enum Verdict {
        GO_ON,
        REACHED,
        GIVEN_UP
    }

    private static final Duration LAST_WORDS = Duration.ofSeconds(5);

    Verdict judge(State state) {
        return switch (input) {
            case PIPED -> judgePiped(state);
            case TERMINAL -> judgeTerminal(state);
            case NONE -> judgeWithoutInput(state);
        };
    }

    boolean piped() {
        return input == Input.PIPED;
    }

    private Verdict judgePiped(State state) {
        if (state.inputEnded() && state.allDelivered() && enough(state)) {
            return Verdict.REACHED;
        }
        Duration timeout = timeout();
        boolean late = state.inputEnded() && beyond(state.sinceInputEnded(), timeout);
        boolean stuck = beyond(state.connectionLost(), timeout) || beyond(state.waiting(), timeout);
        return late || stuck ? Verdict.GIVEN_UP : Verdict.GO_ON;
    }

    private Verdict judgeTerminal(State state) {
        if (exitAfter != null) {
            return enough(state) ? Verdict.REACHED : Verdict.GO_ON;
        }
        if (!state.inputEnded()) {
            return Verdict.GO_ON;
        }
        return state.allAccepted() || beyond(state.sinceInputEnded(), LAST_WORDS) ? Verdict.REACHED : Verdict.GO_ON;
    }

    private Verdict judgeWithoutInput(State state) {
        if (exitAfter == null) {
            return Verdict.GO_ON;
        }
        if (enough(state)) {
            return Verdict.REACHED;
        }
        boolean late = givenTimeout != null && beyond(state.sinceStart(), givenTimeout);
        return late ? Verdict.GIVEN_UP : Verdict.GO_ON;
    }

    private boolean enough(State state) {
        return exitAfter == null || state.received() >= exitAfter;
    }

    private Duration timeout() {
        return givenTimeout == null ? defaultTimeout : givenTimeout;
    }

    private static boolean beyond(Duration duration, Duration bound) {
        return duration.compareTo(bound) > 0;
    }
}
