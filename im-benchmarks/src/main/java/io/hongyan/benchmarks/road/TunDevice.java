// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.road;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import com.sun.jna.NativeLong;
import java.io.IOException;
import java.net.Inet4Address;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A TUN interface of Linux: what the kernel sends to its network comes out here as IP packets, and what is written here
 * the kernel receives. It lives in the network namespace of the thread that opens it and is gone when closed. One thread
 * may read and one may write at the same time.
 */
final class TunDevice implements AutoCloseable {

    private static final int PACKET_BYTES = 65_536;
    private static final int NAME_BYTES = 16;
    private static final int REQUEST_BYTES = 40;
    private static final short IFF_TUN_WITHOUT_HEADER = 0x1001;
    private static final short IFF_UP_RUNNING = 0x41;
    private static final int QUEUE_PACKETS = 10_000;
    private static final short POLLIN = 1;
    private static final int EINTR = 4;
    private static final int EAGAIN = 11;

    private final LinuxCalls linux;
    private final int descriptor;
    private final Memory reading = new Memory(PACKET_BYTES);
    private final ByteBuffer readingBytes = inNetworkOrder(reading);
    private final Memory writing = new Memory(PACKET_BYTES);
    private final ByteBuffer writingBytes = inNetworkOrder(writing);
    private final Memory polled = new Memory(8);

    private TunDevice(LinuxCalls linux, int descriptor) {
        this.linux = linux;
        this.descriptor = descriptor;
        polled.setInt(0, descriptor);
        polled.setShort(4, POLLIN);
    }

    /**
     * Opens an interface and switches it on.
     *
     * @param address the interface's own; the kernel sends it what goes to the 255 others of its /24
     */
    static TunDevice open(LinuxCalls linux, String name, Inet4Address address) throws IOException {
        int descriptor = -1;
        int control = -1;
        try {
            descriptor = linux.open("/dev/net/tun", LinuxCalls.O_RDWR_NONBLOCK_CLOEXEC);
            Memory request = request(name);
            request.setShort(NAME_BYTES, IFF_TUN_WITHOUT_HEADER);
            ask(linux, descriptor, LinuxCalls.TUNSETIFF, request);
            control = linux.socket(LinuxCalls.AF_INET, LinuxCalls.SOCK_DGRAM, 0);
            ask(linux, control, LinuxCalls.SIOCSIFADDR, addressRequest(name, address.getAddress()));
            ask(linux, control, LinuxCalls.SIOCSIFNETMASK, addressRequest(name, new byte[] {-1, -1, -1, 0}));
            Memory queue = request(name);
            queue.setInt(NAME_BYTES, QUEUE_PACKETS);
            ask(linux, control, LinuxCalls.SIOCSIFTXQLEN, queue);
            Memory up = request(name);
            up.setShort(NAME_BYTES, IFF_UP_RUNNING);
            ask(linux, control, LinuxCalls.SIOCSIFFLAGS, up);
            linux.close(control);
            return new TunDevice(linux, descriptor);
        } catch (LastErrorException refused) {
            if (control >= 0) {
                linux.close(control);
            }
            if (descriptor >= 0) {
                linux.close(descriptor);
            }
            throw new IOException("no TUN interface: " + refused.getMessage(), refused);
        }
    }

    /**
     * Waits for the next packet.
     *
     * @return the packet from position to limit, valid until the next call; empty if none came in time
     */
    ByteBuffer read(int timeoutMillis) throws IOException {
        readingBytes.clear();
        try {
            int bytes = take();
            if (bytes == 0 && linux.poll(polled, new NativeLong(1), timeoutMillis) > 0) {
                bytes = take();
            }
            return readingBytes.limit(bytes);
        } catch (LastErrorException failed) {
            if (failed.getErrorCode() == EINTR) {
                return readingBytes.limit(0);
            }
            throw new IOException("cannot read from TUN: " + failed.getMessage(), failed);
        }
    }

    /** Hands a packet to the kernel, which drops one it does not like, as a network card does. */
    void write(ByteBuffer packet) throws IOException {
        writingBytes.clear().put(packet).flip();
        try {
            linux.write(descriptor, writing, new NativeLong(writingBytes.remaining()));
        } catch (LastErrorException failed) {
            if (failed.getErrorCode() != EAGAIN) {
                throw new IOException("cannot write to TUN: " + failed.getMessage(), failed);
            }
        }
    }

    @Override
    public void close() {
        linux.close(descriptor);
    }

    private int take() {
        try {
            return linux.read(descriptor, reading, new NativeLong(PACKET_BYTES)).intValue();
        } catch (LastErrorException failed) {
            if (failed.getErrorCode() == EAGAIN) {
                return 0;
            }
            throw failed;
        }
    }

    private static ByteBuffer inNetworkOrder(Memory memory) {
        return memory.getByteBuffer(0, PACKET_BYTES).order(ByteOrder.BIG_ENDIAN);
    }

    private static void ask(LinuxCalls linux, int descriptor, long request, Memory argument) {
        linux.ioctl(descriptor, new NativeLong(request), argument);
    }

    private static Memory addressRequest(String name, byte[] address) {
        Memory request = request(name);
        request.setShort(NAME_BYTES, (short) LinuxCalls.AF_INET);
        request.write(NAME_BYTES + 4, address, 0, address.length);
        return request;
    }

    private static Memory request(String name) {
        Memory request = new Memory(REQUEST_BYTES);
        request.clear();
        byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
        request.write(0, bytes, 0, bytes.length);
        return request;
    }
}
