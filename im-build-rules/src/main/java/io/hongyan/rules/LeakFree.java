// SPDX-License-Identifier: Apache-2.0
package io.hongyan.rules;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.util.ResourceLeakDetector;
import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test class during which a Netty buffer was leaked. It is registered for every test class of every module by
 * itself; where Netty is not on the class path it does nothing.
 */
public final class LeakFree implements BeforeAllCallback, AfterAllCallback {
    private static final boolean NETTY = isPresent("io.netty.buffer.ByteBufUtil");

    private final List<String> leaks = new CopyOnWriteArrayList<>();

    @Override
    public void beforeAll(ExtensionContext context) {
        if (NETTY) {
            Buffers.watch(leaks);
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        if (NETTY) {
            Buffers.collect();
        }
        if (!leaks.isEmpty()) {
            List<String> found = List.copyOf(leaks);
            leaks.clear();
            throw new AssertionError(found.size() + " leaked buffers: " + String.join("\n", found));
        }
    }

    private static boolean isPresent(String type) {
        try {
            Class.forName(type, false, LeakFree.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException absent) {
            return false;
        }
    }

    /** What touches Netty, loaded only where Netty is. */
    private static final class Buffers {
        private static final long MOST_MILLIS = 10_000;

        private Buffers() {}

        static void watch(List<String> leaks) {
            if (ResourceLeakDetector.getLevel() != ResourceLeakDetector.Level.PARANOID) {
                throw new AssertionError("run with -Dio.netty.leakDetection.level=paranoid");
            }
            ByteBufUtil.setLeakListener((resource, records) -> leaks.add(resource + " " + records));
        }

        /**
         * The detector reports, when the next buffer is made, what was collected and queued. What a second collection
         * finds is queued behind all that the first one found.
         */
        static void collect() {
            for (int i = 0; i < 2; i++) {
                ReferenceQueue<Object> queue = new ReferenceQueue<>();
                PhantomReference<Object> witness = new PhantomReference<>(new Object(), queue);
                System.gc();
                awaitQueued(queue, witness);
            }
            ByteBufAllocator.DEFAULT.directBuffer(16).release();
            ByteBufAllocator.DEFAULT.heapBuffer(16).release();
        }

        private static void awaitQueued(ReferenceQueue<Object> queue, PhantomReference<Object> witness) {
            try {
                if (queue.remove(MOST_MILLIS) != witness) {
                    throw new AssertionError("no garbage collection within " + MOST_MILLIS + " ms");
                }
            } catch (InterruptedException interrupted) {
                throw new AssertionError(interrupted);
            }
        }
    }
}
