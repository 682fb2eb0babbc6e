// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.auth;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TakeoverPolicyTest {
    @ParameterizedTest
    @CsvSource({
        "android, mobile",
        "Android/14, mobile",
        "HarmonyOS 5, mobile",
        "iPadOS, tablet",
        "macOS 15.1, desktop",
        "Darwin, desktop",
        "linux-x64, desktop",
        "java, desktop",
        "web, web",
        "Mozilla/5.0 (X11; Linux x86_64), web",
        "'', other",
        "fridge, other"
    })
    void sortsPlatformsByTheirFirstKnownWord(String platform, String expected) {
        assertThat(TakeoverPolicy.onePerPlatformClass().classOf(platform)).isEqualTo(expected);
    }

    @Test
    void countsAllDevicesInOneClassUnlessPlatformsAreToldApart() {
        TakeoverPolicy policy = TakeoverPolicy.upTo(3);
        assertThat(policy.classOf("android")).isEqualTo(policy.classOf("web"));
        assertThat(policy.devicesPerClass()).isEqualTo(3);
        assertThat(policy.refuses()).isFalse();
        assertThat(policy.refusingNewDevices().refuses()).isTrue();
        assertThat(policy.refusingNewDevices().devicesPerClass()).isEqualTo(3);
    }
}
