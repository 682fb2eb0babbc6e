// SPDX-License-Identifier: Apache-2.0
package io.hongyan.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class EventLoopOwnerTest {
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final EventLoopOwner owner = new EventLoopOwner(0, channel.eventLoop());
    private final List<String> flushed = new ArrayList<>();

    @Test
    void oneWhoseFlushFailsTakesNobodysTurn() {
        owner.flushSoon(() -> flushed.add("first"));
        owner.flushSoon(() -> {
            throw new IllegalStateException("on purpose");
        });
        owner.flushSoon(() -> flushed.add("second"));
        channel.runPendingTasks();
        assertThat(flushed).containsExactly("first", "second");
        for (int round = 0; round < 3; round++) {
            flushed.clear();
            owner.flushSoon(() -> flushed.add("later"));
            channel.runPendingTasks();
            assertThat(flushed).containsExactly("later");
        }
    }

    @Test
    void aScheduledTaskThatFailsIsLogged() {
        ListAppender<ILoggingEvent> logged = new ListAppender<>();
        Logger log = (Logger) LoggerFactory.getLogger(EventLoopOwner.class);
        logged.start();
        log.addAppender(logged);
        try {
            owner.schedule(0, () -> {
                throw new IllegalStateException("on purpose");
            });
            channel.runPendingTasks();
        } finally {
            log.detachAppender(logged);
        }
        assertThat(logged.list).hasSize(1);
        assertThat(logged.list.get(0).getThrowableProxy().getMessage()).isEqualTo("on purpose");
    }

    @Test
    void whoAsksWhileOthersAreFlushedHasANextTurn() {
        owner.flushSoon(() -> owner.flushSoon(() -> flushed.add("next")));
        channel.runPendingTasks();
        assertThat(flushed).containsExactly("next");
    }
}
