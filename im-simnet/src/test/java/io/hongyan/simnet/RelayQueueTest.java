// SPDX-License-Identifier: Apache-2.0
package io.hongyan.simnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RelayQueueTest {

    private final RelayQueue queue = new RelayQueue(10_000);
    private DatagramChannel channel;
    private RelayFlow flow;

    @BeforeEach
    void openFlow() throws IOException {
        channel = DatagramChannel.open();
        flow = new RelayFlow(new InetSocketAddress(1), channel);
    }

    @AfterEach
    void closeFlow() throws IOException {
        channel.close();
    }

    @Test
    void datagramsComeOutWhenDueAndNotBefore() {
        add(2, 200);
        add(1, 100);
        assertThat(queue.nanosUntilDue(40, 1000)).isEqualTo(60);
        assertThat(queue.nanosUntilDue(40, 50)).isEqualTo(50);
        assertThat(queue.pollDue(99)).isNull();
        assertThat(queue.pollDue(100)).isNotNull().matches(datagram -> datagram.length() == 1);
        assertThat(queue.pollDue(199)).isNull();
        assertThat(queue.nanosUntilDue(300, 1000)).isZero();
        assertThat(queue.pollDue(300)).isNotNull();
        assertThat(queue.nanosUntilDue(300, 1000)).isEqualTo(1000);
    }

    @Test
    void datagramUsedAgainHoldsTheNewPayload() {
        add(3, 1);
        RelayDatagram first = take();
        queue.recycle(first);
        assertThatIllegalStateException().isThrownBy(first::flow);
        queue.add(flow, true, ByteBuffer.wrap(new byte[] {1, 2}), 8, 1);
        RelayDatagram second = take();
        assertThat(second).isSameAs(first);
        assertThat(second.flow()).isSameAs(flow);
        ByteBuffer payload = ByteBuffer.allocate(10);
        second.drainTo(payload);
        assertThat(payload.remaining()).isEqualTo(2);
        assertThat(payload.array()).startsWith(1, 3);
    }

    @Test
    void largeDatagramIsNotKeptForReuse() {
        add(5_000, 1);
        RelayDatagram large = take();
        queue.recycle(large);
        add(1, 1);
        assertThat(take()).isNotSameAs(large);
    }

    @Test
    void bytesBeyondTheBoundAreDroppedUntilThereIsRoom() {
        for (int i = 0; i < 10; i++) {
            add(1000, i);
        }
        assertThat(queue.overflowDrops()).isEqualTo(1);
        take();
        add(1000, 20);
        assertThat(queue.overflowDrops()).isEqualTo(1);
    }

    private void add(int length, long releaseNanos) {
        queue.add(flow, true, ByteBuffer.allocate(length), Link.NO_BIT, releaseNanos);
    }

    private RelayDatagram take() {
        RelayDatagram datagram = queue.pollDue(1_000_000);
        if (datagram == null) {
            throw new AssertionError("nothing is due");
        }
        return datagram;
    }
}
