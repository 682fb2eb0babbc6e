// SPDX-License-Identifier: Apache-2.0
package io.hongyan.simnet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

class TimeQueueTest {

    @Test
    void yieldsEntriesByTimeThenInsertion() {
        TimeQueue<Item> queue = new TimeQueue<>();
        add(queue, "c", 20);
        add(queue, "a", 10);
        add(queue, "d", 20);
        add(queue, "b", 10);
        assertThat(drain(queue)).containsExactly("a", "b", "c", "d");
        assertThat(queue.peek()).isNull();
        assertThat(queue.poll()).isNull();
    }

    @Test
    void timesAreComparedByDifference() {
        TimeQueue<Item> queue = new TimeQueue<>();
        add(queue, "later", Long.MIN_VALUE + 5);
        add(queue, "sooner", Long.MAX_VALUE - 5);
        assertThat(drain(queue)).containsExactly("sooner", "later");
    }

    @Test
    void removedEntryIsGoneAndMayComeBack() {
        TimeQueue<Item> queue = new TimeQueue<>();
        Item a = add(queue, "a", 1);
        Item b = add(queue, "b", 2);
        assertThat(queue.remove(a)).isTrue();
        assertThat(queue.remove(a)).isFalse();
        assertThat(a.isQueued()).isFalse();
        queue.add(a, 3);
        assertThat(b.isQueued()).isTrue();
        assertThat(drain(queue)).containsExactly("b", "a");
    }

    @Test
    void agreesWithASortedListUnderRandomAddsAndRemoves() {
        RandomStream random = RandomStream.of(9, "queue");
        TimeQueue<Item> queue = new TimeQueue<>();
        List<Item> model = new ArrayList<>();
        for (int step = 0; step < 20_000; step++) {
            int dice = (int) random.between(0, 9);
            if (dice < 5) {
                model.add(add(queue, "n" + step, random.between(0, 500)));
            } else if (!model.isEmpty() && dice < 8) {
                Item victim = model.remove((int) random.between(0, model.size() - 1));
                assertThat(queue.remove(victim)).isTrue();
            } else if (!model.isEmpty()) {
                Item first = model.stream()
                        .min(Comparator.comparingLong(Item::dueNanos).thenComparingInt(model::indexOf))
                        .orElseThrow();
                model.remove(first);
                assertThat(queue.poll()).isSameAs(first);
            }
            assertThat(queue.size()).isEqualTo(model.size());
            if (model.size() > 200) {
                model.clear();
                drain(queue);
            }
        }
    }

    private static Item add(TimeQueue<Item> queue, String name, long dueNanos) {
        Item item = new Item(name);
        queue.add(item, dueNanos);
        return item;
    }

    private static List<String> drain(TimeQueue<Item> queue) {
        List<String> names = new ArrayList<>();
        for (Item item = queue.poll(); item != null; item = queue.poll()) {
            names.add(item.name);
        }
        return names;
    }

    private static final class Item extends TimeQueue.Entry {
        private final String name;

        Item(String name) {
            this.name = name;
        }
    }
}
