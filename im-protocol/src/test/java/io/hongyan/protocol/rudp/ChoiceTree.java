// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * Every sequence of choices there is, depth first. What chooses is run again from its start for each sequence, and must
 * take the same course whenever it makes the same choices.
 */
final class ChoiceTree {
    private int[] taken = new int[16];
    private int[] options = new int[16];
    private int length;
    private int at;
    private boolean begun;

    /** Begins the next sequence; false = there is no other. */
    boolean begin() {
        at = 0;
        if (!begun) {
            begun = true;
            return true;
        }
        while (length > 0 && taken[length - 1] + 1 == options[length - 1]) {
            length--;
        }
        if (length == 0) {
            return false;
        }
        taken[length - 1]++;
        return true;
    }

    /** The next choice of this sequence, from 0 to one less than there are. */
    int choose(int among) {
        if (at == length) {
            if (length == taken.length) {
                taken = Arrays.copyOf(taken, 2 * length);
                options = Arrays.copyOf(options, 2 * length);
            }
            taken[length] = 0;
            options[length++] = among;
        }
        assertThat(among).as("options after the same choices").isEqualTo(options[at]);
        return taken[at++];
    }

    /** The choices made in this sequence, as {@code 0.2.1}. */
    @Override
    public String toString() {
        return Arrays.stream(taken, 0, at).mapToObj(Integer::toString).collect(Collectors.joining("."));
    }
}
