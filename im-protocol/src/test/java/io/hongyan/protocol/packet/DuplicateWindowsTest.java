// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DuplicateWindowsTest {
    private final DuplicateWindows windows = new DuplicateWindows();

    @Test
    void hasNoWindowBeforeTheFirstUse() {
        assertThat(windows.find(0)).isNull();
    }

    @Test
    void instanceKeepsItsWindow() {
        DuplicateWindow window = windows.of(7);
        windows.of(8);
        assertThat(windows.of(7)).isSameAs(window);
        assertThat(windows.find(7)).isSameAs(window);
    }

    @Test
    void oneInstanceTooManyDisplacesTheOneNotUsedForLongest() {
        for (long instance = 0; instance < 4; instance++) {
            windows.of(instance);
        }
        windows.of(0);
        windows.of(4);

        assertThat(windows.find(1)).isNull();
        for (long instance : new long[] {0, 2, 3, 4}) {
            assertThat(windows.find(instance)).isNotNull();
        }
    }
}
