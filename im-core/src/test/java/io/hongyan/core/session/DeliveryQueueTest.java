// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.MessageId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class DeliveryQueueTest {
    @Test
    void behavesLikeAQueue() {
        SplittableRandom random = new SplittableRandom(1);
        DeliveryQueue tested = new DeliveryQueue();
        Deque<Delivery> model = new ArrayDeque<>();
        for (int step = 0; step < 20_000; step++) {
            if (random.nextInt(100) < (step / 1000 % 2 == 0 ? 60 : 40)) {
                Delivery delivery = delivery(step + 1);
                if (random.nextInt(4) == 0) {
                    tested.addFirst(delivery);
                    model.addFirst(delivery);
                } else {
                    tested.add(delivery);
                    model.add(delivery);
                }
            } else {
                assertThat(tested.poll()).isSameAs(model.poll());
            }
            assertThat(tested.size()).isEqualTo(model.size());
            assertThat(tested.peek()).isSameAs(model.peek());
            if (!model.isEmpty() && step % 50 == 0) {
                int place = random.nextInt(model.size());
                assertThat(tested.get(place)).isSameAs(model.toArray()[place]);
            }
        }
    }

    @Test
    void dropsDoneOnesAtItsHeadOnly() {
        DeliveryQueue queue = new DeliveryQueue();
        Delivery first = delivery(1);
        Delivery second = delivery(2);
        Delivery third = delivery(3);
        queue.add(first);
        queue.add(second);
        queue.add(third);
        first.finish();
        third.finish();
        queue.dropDoneHead();
        assertThat(queue.size()).isEqualTo(2);
        assertThat(queue.peek()).isSameAs(second);
    }

    private static Delivery delivery(long counter) {
        return new Delivery(Message.text(new MessageId(1, counter), Address.user("bob"), "x"), null, 0);
    }
}
