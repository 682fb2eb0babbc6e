// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ThreadSafe;
import java.util.Arrays;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Listeners on a lane over shared workers: one call at a time, in order, never on the event loop.
 *
 * <pre>
 *   event loop ──► [ message | call | message | ... ] ──► a worker, at most 32 in a row ──► count ──► event loop
 *                    bounded by number and bytes;
 *                    full: stop reading, half empty: go on
 * </pre>
 *
 * What one read brings behind the bound is taken too, so the bound is exceeded by at most what the connection had read
 * already.
 */
@ThreadSafe
final class LaneCallbacks implements Callbacks {

    private static final int BATCH = 32;
    /** What a waiting message or call costs beyond its payload, in bytes; an estimate. */
    private static final int OVERHEAD_BYTES = 256;

    private final Executor executor;
    private final SerialExecutor completions;
    private final ListenerInvoker invoker;
    private final MessageListener listener;
    private final int maxItems;
    private final long maxBytes;

    private final Object lock = new Object();
    private @Nullable Object[] items = new @Nullable Object[16];
    private @Nullable Link[] links = new @Nullable Link[16];
    private @Nullable Lane[] channels = new @Nullable Lane[16];
    private int head;
    private int size;
    private long bytes;
    private boolean full;
    private boolean scheduled;
    private Runnable hasRoom = () -> {};
    private Runnable refused = () -> {};
    private @Nullable Runnable last;

    private final @Nullable Object[] batchItems = new @Nullable Object[BATCH];
    private final @Nullable Link[] batchLinks = new @Nullable Link[BATCH];
    private final @Nullable Lane[] batchChannels = new @Nullable Lane[BATCH];
    private volatile boolean discarding;
    private volatile @Nullable Thread runner;

    /**
     * @param executor the workers
     * @param completions where stages are completed
     * @param maxItems messages and calls that may wait, 1 or more
     * @param maxBytes bytes that may wait, 1 or more
     */
    LaneCallbacks(
            Executor executor,
            Executor completions,
            ListenerInvoker invoker,
            MessageListener listener,
            int maxItems,
            long maxBytes) {
        this.executor = executor;
        this.completions = new SerialExecutor(completions, invoker);
        this.invoker = invoker;
        this.listener = listener;
        this.maxItems = maxItems;
        this.maxBytes = maxBytes;
    }

    @Override
    public boolean message(Link link, @Nullable Lane channel, IncomingMessage message) {
        return add(link, channel, message);
    }

    @Override
    public boolean counted(Link link, Lane channel) {
        return add(link, channel, null);
    }

    @Override
    public boolean call(Object caller, Runnable call) {
        return add(null, null, new Call(caller, call));
    }

    @Override
    public void whenRoom(Runnable task) {
        this.hasRoom = task;
    }

    @Override
    public void whenRefused(Runnable task) {
        this.refused = task;
    }

    @Override
    public boolean tryAgain() {
        synchronized (lock) {
            if (scheduled || size == 0) {
                return true;
            }
            scheduled = true;
        }
        return schedule();
    }

    @Override
    public void complete(Runnable completion) {
        completions.execute(completion);
    }

    @Override
    public void last(Runnable completion) {
        synchronized (lock) {
            last = completion;
        }
        add(null, null, new Call(this, this::completeLast));
    }

    @Override
    public void discardMessages() {
        discarding = true;
    }

    @Override
    public boolean inCallback() {
        Thread current = Thread.currentThread();
        return runner == current || completions.runs(current);
    }

    private boolean add(@Nullable Link link, @Nullable Lane channel, @Nullable Object item) {
        boolean wake;
        boolean room;
        synchronized (lock) {
            if (size == items.length) {
                grow();
            }
            int at = (head + size++) & (items.length - 1);
            items[at] = item;
            links[at] = link;
            channels[at] = channel;
            bytes += bytesOf(item);
            full |= size >= maxItems || bytes >= maxBytes;
            room = !full;
            wake = !scheduled;
            scheduled = true;
        }
        if (wake) {
            schedule();
        }
        return room;
    }

    /** An executor that is closed runs no listener any more; the end is told without it. */
    private boolean schedule() {
        try {
            executor.execute(this::run);
            return true;
        } catch (RejectedExecutionException busyOrClosed) {
            synchronized (lock) {
                scheduled = false;
            }
            refused.run();
            completeLast();
            return false;
        }
    }

    private void completeLast() {
        Runnable completion;
        synchronized (lock) {
            completion = last;
            last = null;
        }
        if (completion != null) {
            completions.execute(completion);
        }
    }

    /** One turn of a worker. The next turn, if there is more, queues behind other clients' turns. */
    private void run() {
        runner = Thread.currentThread();
        int taken = take();
        try {
            show(taken);
        } finally {
            Arrays.fill(batchItems, 0, taken, null);
            Arrays.fill(batchLinks, 0, taken, null);
            runner = null;
            boolean more;
            synchronized (lock) {
                more = size > 0;
                scheduled = more;
            }
            if (more) {
                schedule();
            }
        }
    }

    private int take() {
        boolean roomAgain;
        int taken;
        synchronized (lock) {
            taken = Math.min(size, BATCH);
            for (int i = 0; i < taken; i++) {
                int at = (head + i) & (items.length - 1);
                batchItems[i] = items[at];
                batchLinks[i] = links[at];
                batchChannels[i] = channels[at];
                bytes -= bytesOf(items[at]);
                items[at] = null;
                links[at] = null;
            }
            head = (head + taken) & (items.length - 1);
            size -= taken;
            roomAgain = full && size <= maxItems / 2 && bytes <= maxBytes / 2;
            full &= !roomAgain;
        }
        if (roomAgain) {
            hasRoom.run();
        }
        return taken;
    }

    private void show(int taken) {
        Link counting = null;
        int chat = 0;
        int bulk = 0;
        for (int i = 0; i < taken; i++) {
            Object item = batchItems[i];
            Link link = batchLinks[i];
            if (item instanceof Call call) {
                invoker.call(call.caller, call.call);
                continue;
            }
            if (discarding) {
                continue;
            }
            if (item instanceof IncomingMessage message) {
                invoker.message(listener, message);
            }
            Lane channel = batchChannels[i];
            if (channel == null) {
                continue;
            }
            if (link != counting) {
                report(counting, chat, bulk);
                counting = link;
                chat = 0;
                bulk = 0;
            }
            if (channel == Lane.BULK) {
                bulk++;
            } else {
                chat++;
            }
        }
        report(counting, chat, bulk);
    }

    private static void report(@Nullable Link link, int chat, int bulk) {
        if (link != null) {
            link.session().inOwner(() -> link.countShown(chat, bulk));
        }
    }

    private void grow() {
        int length = items.length;
        @Nullable Object[] newItems = new @Nullable Object[length * 2];
        @Nullable Link[] newLinks = new @Nullable Link[length * 2];
        @Nullable Lane[] newChannels = new @Nullable Lane[length * 2];
        for (int i = 0; i < size; i++) {
            int at = (head + i) & (length - 1);
            newItems[i] = items[at];
            newLinks[i] = links[at];
            newChannels[i] = channels[at];
        }
        items = newItems;
        links = newLinks;
        channels = newChannels;
        head = 0;
    }

    private static int bytesOf(@Nullable Object item) {
        return OVERHEAD_BYTES
                + (item instanceof IncomingMessage message ? message.payload().size() : 0);
    }

    private record Call(Object caller, Runnable call) {}
}
