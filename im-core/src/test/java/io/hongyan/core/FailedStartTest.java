// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hongyan.core.transport.Bound;
import io.hongyan.core.transport.Transport;
import io.hongyan.core.transport.TransportContext;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class FailedStartTest {

    @Test
    void failsWithItsCauseAndClosesWhatWasBound() {
        BindException taken = new BindException("taken");
        CompletionStage<List<Bound>> good =
                CompletableFuture.completedStage(List.of(new Bound("tcp", new InetSocketAddress(1))));
        OneTransport bound = new OneTransport(good);
        ImNode node = ImNode.builder()
                .allowAnyone()
                .listen(bound)
                .listen(new OneTransport(CompletableFuture.failedStage(taken)))
                .build();

        assertThatThrownBy(() -> node.start().toCompletableFuture().get())
                .isInstanceOf(ExecutionException.class)
                .hasCause(taken);
        assertThat(bound.closed).isTrue();
        assertThat(node.bound()).isEmpty();
        node.whenStopped().toCompletableFuture().join();
    }

    @Test
    void failsWhenATransportDoesNotSayWhatItIsBoundTo() {
        CompletionStage<List<Bound>> nothing = CompletableFuture.completedStage(null);
        ImNode node =
                ImNode.builder().allowAnyone().listen(new OneTransport(nothing)).build();
        assertThatThrownBy(() -> node.start().toCompletableFuture().get(10, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(NullPointerException.class);
        node.whenStopped().toCompletableFuture().join();
    }

    private static final class OneTransport implements Transport {
        private final CompletionStage<List<Bound>> start;
        private final AtomicBoolean closed = new AtomicBoolean();

        private OneTransport(CompletionStage<List<Bound>> start) {
            this.start = start;
        }

        @Override
        public String name() {
            return "test";
        }

        @Override
        public CompletionStage<List<Bound>> start(TransportContext context) {
            return start;
        }

        @Override
        public void stopAccepting() {}

        @Override
        public CompletionStage<Void> close() {
            closed.set(true);
            return CompletableFuture.completedStage(null);
        }
    }
}
