// SPDX-License-Identifier: Apache-2.0
package io.hongyan.simnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class LinkProfilesTest {

    @Test
    void findsEveryProfileByItsName() {
        assertThat(LinkProfiles.all())
                .hasSizeGreaterThan(5)
                .allSatisfy(
                        profile -> assertThat(LinkProfile.named(profile.name())).isSameAs(profile));
    }

    @Test
    void caseAndUnderscoresDoNotMatter() {
        assertThat(LinkProfile.named("WIFI")).isSameAs(LinkProfiles.WIFI);
        assertThat(LinkProfile.named("Mobile_4G")).isSameAs(LinkProfiles.MOBILE_4G);
    }

    @Test
    void unknownNameIsAnsweredWithThoseThereAre() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LinkProfile.named("pigeon"))
                .withMessageContainingAll("pigeon", "wifi", "subway", "satellite");
    }
}
