// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

import io.hongyan.protocol.Confined;
import org.jspecify.annotations.Nullable;

/**
 * The duplicate windows of one owner of messages, such as a user: one for each client instance, made when first needed,
 * at most {@value #MAX_INSTANCES}; one more displaces the one not used for longest.
 *
 * <p>Confined as its windows are. Holds no memory to speak of before the first message.
 */
@Confined("owner")
public final class DuplicateWindows {
    /** Most instances remembered. */
    public static final int MAX_INSTANCES = 4;

    /** Most recently used first; null from the first free place on. */
    private @Nullable Entry @Nullable [] entries;

    private record Entry(long instance, DuplicateWindow window) {}

    /** The instance's window, made if there is none. */
    public DuplicateWindow of(long instance) {
        @Nullable Entry[] places = entries;
        if (places == null) {
            places = new @Nullable Entry[MAX_INSTANCES];
            entries = places;
        }
        int place = placeOf(places, instance);
        Entry entry = places[place];
        if (entry == null || entry.instance != instance) {
            entry = new Entry(instance, new DuplicateWindow());
        }
        System.arraycopy(places, 0, places, 1, place);
        places[0] = entry;
        return entry.window;
    }

    /** The instance's window, if there is one; does not count as use. */
    public @Nullable DuplicateWindow find(long instance) {
        @Nullable Entry[] places = entries;
        if (places == null) {
            return null;
        }
        Entry entry = places[placeOf(places, instance)];
        return entry != null && entry.instance == instance ? entry.window : null;
    }

    /** The instance's place, else the first free one, else the last. */
    private static int placeOf(@Nullable Entry[] places, long instance) {
        for (int i = 0; i < places.length - 1; i++) {
            Entry entry = places[i];
            if (entry == null || entry.instance == instance) {
                return i;
            }
        }
        return places.length - 1;
    }
}
