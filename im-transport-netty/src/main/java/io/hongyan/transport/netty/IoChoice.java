// SPDX-License-Identifier: Apache-2.0
package io.hongyan.transport.netty;

import io.hongyan.protocol.ThreadSafe;
import io.netty.channel.epoll.Epoll;

/** How event loops wait for the kernel. */
@ThreadSafe
public enum IoChoice {
    /** {@link #EPOLL} where the machine has it, else {@link #NIO}. */
    AUTO,
    /** Linux only: many datagrams a system call, one UDP socket per loop, more socket options. */
    EPOLL,
    /** Everywhere Java runs. */
    NIO;

    /** Whether this machine can do {@link #EPOLL}. */
    public static boolean isEpollAvailable() {
        return Epoll.isAvailable();
    }

    /**
     * The choice that {@link #AUTO} stands for here.
     *
     * @throws IllegalStateException when epoll was asked for and is missing, with the reason
     */
    IoChoice resolve() {
        return switch (this) {
            case AUTO -> Epoll.isAvailable() ? EPOLL : NIO;
            case EPOLL -> {
                if (!Epoll.isAvailable()) {
                    throw new IllegalStateException("epoll is not available here", Epoll.unavailabilityCause());
                }
                yield EPOLL;
            }
            case NIO -> NIO;
        };
    }
}
