// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.session;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.hongyan.core.metrics.Metric;
import io.hongyan.core.world.NodeFixture;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

final class ListenerInvokerTest {
    private final NodeFixture fixture = new NodeFixture();
    private final ListenerInvoker invoker = new ListenerInvoker(fixture.world, fixture.counts);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(ListenerInvoker.class);

    @BeforeEach
    void listen() {
        log.start();
        logger.addAppender(log);
        logger.setAdditive(false);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(log);
        logger.setAdditive(true);
    }

    @Test
    void countsEveryFailureAndLogsOneAMinutePerClass() {
        Runnable first = () -> {
            throw new IllegalStateException("planted");
        };
        Runnable second = () -> {
            throw new StackOverflowError("planted");
        };
        for (int i = 0; i < 10; i++) {
            invoker.run(first, first);
            invoker.run(second, second);
        }
        assertThat(fixture.counts.of(Metric.CALLBACKS_FAILED)).isEqualTo(20);
        assertThat(messages()).hasSize(2).allMatch(message -> message.contains("failures_not_logged=0"));

        fixture.world.advanceMillis(61_000);
        invoker.run(first, first);
        assertThat(messages()).hasSize(3);
        assertThat(messages().get(2)).contains("failures_not_logged=9");
    }

    @Test
    void turnsWhatACallThrowsIntoAFailedStage() {
        assertThat(invoker.stage(() -> {
                            throw new IllegalStateException("planted");
                        })
                        .toCompletableFuture())
                .isCompletedExceptionally();
        assertThat(invoker.stage(() -> null).toCompletableFuture()).isCompletedExceptionally();
    }

    private List<String> messages() {
        return log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }
}
