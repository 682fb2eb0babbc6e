// SPDX-License-Identifier: Apache-2.0
package io.hongyan.rules;

import static io.hongyan.rules.Planted.assertCaught;
import static io.hongyan.rules.Planted.assertPasses;

import io.hongyan.core.routing.PlantedRoute;
import io.hongyan.protocol.packet.PacketCodec;
import io.hongyan.protocol.packet.PlantedUser;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("once")
final class EventLoopRulesTest {

    @ParameterizedTest
    @ValueSource(
            classes = {
                JoinsAFuture.class,
                RefersToJoin.class,
                GetsInALambda.class,
                SyncsAChannel.class,
                AwaitsALatch.class,
                PollsWithATimeout.class,
                WaitsForAMonitor.class,
                Locks.class,
                LooksUpANameInAConstructor.class,
                LooksUpANameOfAnAddress.class
            })
    void waitingIsCaught(Class<?> culprit) {
        assertCaught(EventLoopRules.nothingWaitsExceptIn("WaitsInStop.stop"), culprit);
    }

    @Test
    void methodsOnAUsersThreadMayWait() {
        assertPasses(EventLoopRules.nothingWaitsExceptIn("WaitsInStop.stop"), WaitsInStop.class);
        assertCaught(EventLoopRules.nothingWaitsExceptIn(), WaitsInStop.class);
    }

    @Test
    void whatDoesNotWaitPasses() {
        assertPasses(EventLoopRules.nothingWaitsExceptIn(), Composes.class);
    }

    @ParameterizedTest
    @ValueSource(classes = {HandlerThatRoutes.class, HandlerThatKnowsUsers.class, HandlerThatRoutes.InsideOne.class})
    void handlerWithPolicyIsCaught(Class<?> culprit) {
        assertCaught(EventLoopRules.HANDLERS_DECIDE_NO_POLICY, culprit);
    }

    @Test
    void handlerWithoutPolicyPasses() {
        assertPasses(EventLoopRules.HANDLERS_DECIDE_NO_POLICY, HandlerOfBytes.class);
        assertPasses(EventLoopRules.HANDLERS_DECIDE_NO_POLICY, RoutesOutsideAHandler.class);
    }

    @Test
    void callToAListenerIsCaughtUnlessFromItsInvoker() {
        var rule = EventLoopRules.listenersAreCalledOnlyBy("EventLoopRulesTest", "io.hongyan.rules");
        assertPasses(rule, CallsAListener.class);
        rule = EventLoopRules.listenersAreCalledOnlyBy("SomebodyElse", "io.hongyan.rules");
        assertCaught(rule, CallsAListener.class);
        assertCaught(rule, RefersToAListener.class);
        assertPasses(rule, KeepsAListener.class);
    }

    @Test
    void callForLaterPassesWhereTheInvokerRunsTasks() {
        var rule = EventLoopRules.listenersAreCalledOnlyByOrForLater("SomebodyElse", "io.hongyan.rules");
        assertCaught(rule, CallsAListener.class);
        assertCaught(rule, RefersToAListener.class);
        assertPasses(rule, HandsACallOn.class);
        assertCaught(EventLoopRules.listenersAreCalledOnlyBy("SomebodyElse", "io.hongyan.rules"), HandsACallOn.class);
    }

    static final class JoinsAFuture {
        String take(CompletableFuture<String> future) {
            return future.join();
        }
    }

    static final class RefersToJoin {
        final Function<CompletableFuture<String>, String> take = CompletableFuture::join;
    }

    static final class GetsInALambda {
        Runnable later(Future<?> future) {
            return () -> {
                try {
                    future.get();
                } catch (InterruptedException | ExecutionException e) {
                    throw new IllegalStateException(e);
                }
            };
        }
    }

    static final class SyncsAChannel {
        void close(ChannelFuture future) {
            future.syncUninterruptibly();
        }
    }

    static final class AwaitsALatch {
        boolean await(CountDownLatch latch) throws InterruptedException {
            return latch.await(1, TimeUnit.SECONDS);
        }
    }

    static final class PollsWithATimeout {
        @Nullable
        String next(ArrayBlockingQueue<String> queue) throws InterruptedException {
            return queue.poll(1, TimeUnit.SECONDS);
        }
    }

    static final class WaitsForAMonitor {
        synchronized void pause() throws InterruptedException {
            while (hashCode() == 0) {
                wait();
            }
        }
    }

    static final class Locks {
        void lock(ReentrantLock lock) {
            lock.lock();
        }
    }

    static final class LooksUpANameInAConstructor {
        InetSocketAddress of(String host) {
            return new InetSocketAddress(host, 1);
        }
    }

    static final class LooksUpANameOfAnAddress {
        String of(InetSocketAddress address) {
            return address.getHostName();
        }
    }

    static final class WaitsInStop {
        void stop(CompletableFuture<Void> stopped) {
            stopped.join();
        }
    }

    static final class Composes {
        CompletableFuture<String> then(CompletableFuture<String> first, Map<String, String> map) {
            return first.thenApply(key -> map.getOrDefault(key, "") + map.get(key));
        }

        @Nullable
        String take(ArrayBlockingQueue<String> queue, CompletableFuture<String> future) {
            return future.isDone() ? future.getNow("") : queue.poll();
        }
    }

    static final class HandlerThatRoutes extends ChannelInboundHandlerAdapter {
        @Nullable
        PlantedRoute route;

        static final class InsideOne {
            @Nullable
            PlantedRoute route;
        }
    }

    static final class HandlerThatKnowsUsers extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            context.fireChannelRead(new PlantedUser("alice"));
        }
    }

    static final class HandlerOfBytes extends ChannelInboundHandlerAdapter {
        @Nullable
        PacketCodec codec;
    }

    static final class RoutesOutsideAHandler {
        @Nullable
        PlantedRoute route;
    }

    interface PlantedListener {
        void onEvent();
    }

    static final class CallsAListener {
        void tell(PlantedListener listener) {
            listener.onEvent();
        }
    }

    static final class RefersToAListener {
        Runnable later(PlantedListener listener) {
            return listener::onEvent;
        }
    }

    static final class HandsACallOn {
        Runnable later(PlantedListener listener) {
            return () -> listener.onEvent();
        }
    }

    static final class KeepsAListener {
        @Nullable
        PlantedListener listener;
    }
}
