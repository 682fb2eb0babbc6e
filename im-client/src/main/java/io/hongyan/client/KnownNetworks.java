// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import io.hongyan.protocol.Confined;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one client learned of the networks that its device was in: the {@value #MOST} used last, by the names that the
 * application gave them. A network without a name is a new one each time.
 */
@Confined("owner")
final class KnownNetworks {

    static final int MOST = 16;

    private final Map<String, MappingLifetime> byName = new LinkedHashMap<>(4, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, MappingLifetime> eldest) {
            return size() > MOST;
        }
    };
    private MappingLifetime current = new MappingLifetime();

    /** The device is in this network now; null: in one that nobody can tell from others. */
    void enter(@Nullable String name) {
        MappingLifetime known = name == null ? null : byName.get(name);
        current = known == null ? new MappingLifetime() : known;
        if (name != null && known == null) {
            byName.put(name, current);
        }
    }

    /** Of the network that the device is in. */
    MappingLifetime mapping() {
        return current;
    }
}
