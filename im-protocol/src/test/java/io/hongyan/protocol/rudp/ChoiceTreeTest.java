// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChoiceTreeTest {
    @Test
    void visitsEverySequenceOnce() {
        ChoiceTree tree = new ChoiceTree();
        List<String> sequences = new ArrayList<>();
        while (tree.begin()) {
            // The second choice is wider after the first one's middle; after its last one there is none.
            int first = tree.choose(3);
            if (first < 2) {
                tree.choose(first + 1);
            }
            sequences.add(tree.toString());
        }
        assertThat(sequences).containsExactly("0.0", "1.0", "1.1", "2");
    }

    @Test
    void visitsOneSequenceWithoutChoices() {
        ChoiceTree tree = new ChoiceTree();
        assertThat(tree.begin()).isTrue();
        assertThat(tree.begin()).isFalse();
    }

    @Test
    void noticesWhenTheSameChoicesLeadElsewhere() {
        ChoiceTree tree = new ChoiceTree();
        tree.begin();
        tree.choose(2);
        tree.choose(2);
        tree.begin();
        assertThatThrownBy(() -> tree.choose(3)).isInstanceOf(AssertionError.class);
    }
}
