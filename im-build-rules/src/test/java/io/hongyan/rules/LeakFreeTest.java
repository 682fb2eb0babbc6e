// SPDX-License-Identifier: Apache-2.0
package io.hongyan.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.netty.buffer.ByteBufAllocator;
import org.junit.jupiter.api.Test;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;

class LeakFreeTest {

    @Test
    void failsTheClassThatLeaksABuffer() {
        assertThat(containersOf(Leaking.class).failed().count()).isOne();
    }

    @Test
    void passesTheClassThatReleasesItsBuffers() {
        assertThat(containersOf(Tidy.class).failed().count()).isZero();
    }

    private static Events containersOf(Class<?> testClass) {
        return EngineTestKit.engine("junit-jupiter")
                .configurationParameter("junit.jupiter.extensions.autodetection.enabled", "true")
                .selectors(selectClass(testClass))
                .execute()
                .containerEvents();
    }

    static class Leaking {
        @Test
        void forgetsABuffer() {
            for (int i = 0; i < 100; i++) {
                assertThat(ByteBufAllocator.DEFAULT.directBuffer(64).isWritable())
                        .isTrue();
            }
        }
    }

    static class Tidy {
        @Test
        void releasesIt() {
            assertThat(ByteBufAllocator.DEFAULT.directBuffer(64).release()).isTrue();
        }
    }
}
