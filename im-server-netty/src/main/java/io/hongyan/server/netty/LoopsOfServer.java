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

    void threads(int count) {
        builder.threads(count);
    }

    void io(IoChoice choice) {
        builder.io(choice);
    }

    void open() {
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

    void close() {
        IoLoops loops = open;
        if (loops != null) {
            loops.close();
        }
    }
}
