// SPDX-License-Identifier: Apache-2.0
package io.hongyan.transport.netty;

import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.connection.Owner;
import io.netty.channel.ChannelException;
import io.netty.channel.EventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.FastThreadLocalThread;
import io.netty.util.concurrent.SingleThreadEventExecutor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The event loops of one server, or of all clients of one runtime: a fixed number of threads, each the {@link Owner} of
 * the connections it was given. TCP and UDP listeners of a server share them.
 *
 * <p>Whoever creates the loops closes them, last: closing ends every connection that is still there.
 */
@ThreadSafe
public final class IoLoops implements AutoCloseable {
    /** A connection id of the UDP engine has one byte for the loop. */
    private static final int MAX_LOOPS = 255;

    private static final long SHUTDOWN_SECONDS = 10;

    private final IoChoice io;
    private final MultiThreadIoEventLoopGroup group;
    private final List<EventLoopOwner> owners;
    private final AtomicInteger next = new AtomicInteger();

    private IoLoops(Builder builder) {
        this.io = builder.io.resolve();
        this.group = newGroup(builder, io);
        List<EventLoopOwner> loops = new ArrayList<>(builder.threads);
        for (EventExecutor loop : group) {
            loops.add(new EventLoopOwner(loops.size(), (EventLoop) loop));
        }
        this.owners = List.copyOf(loops);
        startInOrder();
    }

    /** As many loops as the machine has processors, epoll where there is epoll. */
    public static IoLoops create() {
        return builder().build();
    }

    public static Builder builder() {
        return new Builder();
    }

    /** The number of loops, at least 1. */
    public int size() {
        return owners.size();
    }

    /** The owner with this index, 0 to {@link #size()} - 1. */
    public Owner owner(int index) {
        return owners.get(index);
    }

    /** The owners by turns, for spreading connections. */
    public Owner next() {
        return nextLoop();
    }

    /** {@link IoChoice#EPOLL} or {@link IoChoice#NIO}. */
    public IoChoice io() {
        return io;
    }

    /**
     * Ends every connection, then the threads; returns when they are gone, after 10 s at most. Called again it does
     * nothing; called by one of the loops it does not wait for itself.
     */
    @Override
    public void close() {
        group.shutdownGracefully(1, TimeUnit.SECONDS.toNanos(SHUTDOWN_SECONDS), TimeUnit.NANOSECONDS);
        for (EventLoopOwner owner : owners) {
            if (owner.inOwnerThread()) {
                return;
            }
        }
        group.terminationFuture().awaitUninterruptibly(SHUTDOWN_SECONDS, TimeUnit.SECONDS);
    }

    EventLoopOwner nextLoop() {
        return owners.get(Math.floorMod(next.getAndIncrement(), owners.size()));
    }

    EventLoopOwner loop(int index) {
        return owners.get(index);
    }

    /** The loop behind an owner that came from here. */
    EventLoopOwner loopOf(Owner owner) {
        if (owner instanceof EventLoopOwner loop && loop.index() < owners.size() && owners.get(loop.index()) == loop) {
            return loop;
        }
        throw new IllegalArgumentException("the owner is not one of these loops");
    }

    /**
     * A loop's thread is made by its first task, so that thread N belongs to loop N.
     *
     * <p>The hook, together with a quiet period that is not 0, makes a loop that shuts down go round once more. Without
     * it, one that notices between its two looks at its state ends without closing its channels.
     */
    private void startInOrder() {
        for (EventLoopOwner owner : owners) {
            ((SingleThreadEventExecutor) owner.loop()).addShutdownHook(owner.sendBuffer()::retire);
            owner.loop().submit(() -> {}).awaitUninterruptibly();
        }
    }

    private static MultiThreadIoEventLoopGroup newGroup(Builder builder, IoChoice io) {
        try {
            return new MultiThreadIoEventLoopGroup(builder.threads, threads(builder), handlers(io));
        } catch (IllegalStateException | ChannelException e) {
            Throwable kernelSaid = e;
            while (kernelSaid.getCause() != null) {
                kernelSaid = kernelSaid.getCause();
            }
            throw new UncheckedIOException(new IOException("cannot start event loops: " + kernelSaid.getMessage(), e));
        }
    }

    private static ThreadFactory threads(Builder builder) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new FastThreadLocalThread(task, builder.name + "-" + number.getAndIncrement());
            thread.setDaemon(builder.daemon);
            return thread;
        };
    }

    private static IoHandlerFactory handlers(IoChoice io) {
        return io == IoChoice.EPOLL ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    }

    /** Collects what loops are made from. */
    public static final class Builder {
        private int threads = Runtime.getRuntime().availableProcessors();
        private IoChoice io = IoChoice.AUTO;
        private String name = "hongyan-io";
        private boolean daemon;

        private Builder() {}

        /** The number of loops, 1 to 255; default: the number of processors, at most 255. */
        public Builder threads(int count) {
            if (count < 1 || count > MAX_LOOPS) {
                throw new IllegalArgumentException("threads must be 1 to " + MAX_LOOPS + ", not " + count);
            }
            this.threads = count;
            return this;
        }

        /** Default: {@link IoChoice#AUTO}. */
        public Builder io(IoChoice choice) {
            this.io = choice;
            return this;
        }

        /** What thread names begin with; default {@code hongyan-io}, giving hongyan-io-0, hongyan-io-1... */
        public Builder name(String prefix) {
            this.name = prefix;
            return this;
        }

        /** Whether the JVM may end while the loops run; default false. */
        public Builder daemon(boolean mayEnd) {
            this.daemon = mayEnd;
            return this;
        }

        /**
         * Starts the loops.
         *
         * @throws UncheckedIOException if the kernel gives none, for want of file descriptors perhaps; nothing stays open
         */
        public IoLoops build() {
            threads = Math.min(threads, MAX_LOOPS);
            return new IoLoops(this);
        }
    }
}
