// SPDX-License-Identifier: Apache-2.0
package io.hongyan.server.netty;

import io.hongyan.protocol.ThreadSafe;
import io.hongyan.transport.netty.IoChoice;
import io.hongyan.transport.netty.IoLoops;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The event loops of one server, which exist only while it runs. All its transports share them. */
@ThreadSafe
final class LoopsOfServer implements Supplier<IoLoops> {
    private final IoLoops.Builder builder = IoLoops.builder();
    private volatile @Nullable IoLoops open;
    private boolean closed;

    void threads(int count) {
        builder.threads(count);
    }

    void io(IoChoice choice) {
        builder.io(choice);
    }

    /** @throws IllegalStateException if they were closed before, perhaps by somebody who stops while another starts */
    synchronized void open() {
        if (closed) {
            throw new IllegalStateException("it was stopped");
        }
        open = builder.build();
    }

    @Override
    public IoLoops get() {
        IoLoops loops = open;
        if (loops == null) {
            throw new IllegalStateException("the server does not run");
        }
        return loops;
    }

    /** Whether the caller is on one of these loops, and must not wait for them. */
    boolean isOwnThread() {
        IoLoops loops = open;
        for (int i = 0; loops != null && i < loops.size(); i++) {
            if (loops.owner(i).inOwnerThread()) {
                return true;
            }
        }
        return false;
    }

    void close() {
        IoLoops loops;
        synchronized (this) {
            closed = true;
            loops = open;
        }
        if (loops != null) {
            loops.close();
        }
    }
}
