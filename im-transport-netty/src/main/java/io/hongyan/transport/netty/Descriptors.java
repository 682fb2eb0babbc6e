// SPDX-License-Identifier: Apache-2.0
package io.hongyan.transport.netty;

import io.hongyan.protocol.Confined;
import io.netty.channel.Channel;
import java.lang.management.ManagementFactory;
import java.util.function.LongSupplier;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * Tells when the process is about to run out of file descriptors: the application's files, its store and its outgoing
 * connections need some too.
 *
 * <p>With epoll it costs nothing: the kernel gives the lowest number that is free, so a new socket's number says how many
 * are in use. With NIO they are counted, once a second at most while links are accepted.
 */
@Confined("owner")
final class Descriptors {
    private static final int PERCENT = 95;
    private static final long COUNT_EVERY_NANOS = 1_000_000_000L;

    private final boolean numbered;
    private final long most;
    private final LongSupplier open;
    private long counted;
    private long countedNanos = System.nanoTime() - COUNT_EVERY_NANOS;

    /**
     * @param io how links are accepted
     * @param limit of the process; 0 or less = there is none
     * @param open how many are open, for NIO
     */
    Descriptors(IoChoice io, long limit, LongSupplier open) {
        this.numbered = io == IoChoice.EPOLL;
        this.most = limit <= 0 ? Long.MAX_VALUE : Math.max(1, limit - limit * (100 - PERCENT) / 100);
        this.open = open;
    }

    static Descriptors ofProcess(IoChoice io) {
        return new Descriptors(io, attribute("MaxFileDescriptorCount"), () -> attribute("OpenFileDescriptorCount"));
    }

    /** Whether too many are in use, after this link was accepted. */
    boolean areShort(Channel accepted) {
        if (numbered) {
            return Sockets.descriptorOf(accepted) >= most;
        }
        counted++;
        return counted() >= most;
    }

    /** Whether too many are in use. */
    boolean areShort() {
        return (numbered ? Sockets.nextDescriptor() : counted()) >= most;
    }

    private long counted() {
        long now = System.nanoTime();
        if (most != Long.MAX_VALUE && now - countedNanos >= COUNT_EVERY_NANOS) {
            countedNanos = now;
            counted = open.getAsLong();
        }
        return counted;
    }

    /** 0 where there is no such number, as on Windows. */
    private static long attribute(String name) {
        try {
            ObjectName system = new ObjectName(ManagementFactory.OPERATING_SYSTEM_MXBEAN_NAME);
            Object value = ManagementFactory.getPlatformMBeanServer().getAttribute(system, name);
            return value instanceof Number number ? number.longValue() : 0;
        } catch (JMException notHere) {
            return 0;
        }
    }
}
