// SPDX-License-Identifier: Apache-2.0
package io.hongyan.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/** Fails a test class whose tests left a Netty buffer behind; and has its tests look often when they wait. */
final class LeakFree implements BeforeAllCallback, AfterAllCallback {
    private final ListAppender<ILoggingEvent> leaks = new ListAppender<>();

    @Override
    public void beforeAll(ExtensionContext context) {
        assertThat(ResourceLeakDetector.getLevel()).isEqualTo(ResourceLeakDetector.Level.PARANOID);
        Awaitility.setDefaultPollDelay(Duration.ZERO);
        Awaitility.setDefaultPollInterval(Duration.ofMillis(5));
        leaks.start();
        leakLog().addAppender(leaks);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        for (int i = 0; i < 3; i++) {
            System.gc();
            // The detector reports what was collected when the next buffer is made.
            ByteBufAllocator.DEFAULT.directBuffer(16).release();
            ByteBufAllocator.DEFAULT.heapBuffer(16).release();
        }
        leakLog().detachAppender(leaks);
        assertThat(leaks.list).as("leaked buffers").isEmpty();
    }

    private static Logger leakLog() {
        return (Logger) LoggerFactory.getLogger(ResourceLeakDetector.class);
    }
}
