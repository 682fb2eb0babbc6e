// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ResumeSecretTest {
    @Test
    void matchesItselfOnly() {
        ResumeSecret secret = new ResumeSecret(1, 2);
        assertThat(secret.matches(1, 2)).isTrue();
        assertThat(secret.matches(1, 3)).isFalse();
        assertThat(secret.matches(0, 2)).isFalse();
        assertThat(secret.matches(2, 1)).isFalse();
    }

    @Test
    void nothingMatchesNone() {
        assertThat(ResumeSecret.NONE.matches(0, 0)).isFalse();
    }

    @Test
    void isNotShown() {
        assertThat(new ResumeSecret(1234, 5678)).hasToString("ResumeSecret");
    }

    @Test
    void eachIsAnother() {
        ResumeSecret.Source source = new ResumeSecret.Source();
        Set<ResumeSecret> drawn = new HashSet<>();
        for (int i = 0; i < 1000; i++) {
            assertThat(drawn.add(source.next())).isTrue();
        }
    }
}
