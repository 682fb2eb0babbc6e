// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core;

import io.hongyan.protocol.ThreadSafe;
import java.util.List;

/**
 * Whether a node works, and whether clients should be sent to it.
 *
 * @param alive every event loop answers within a second, and the housekeeper is on time. If not, and not for long, a
 *     restart is the cure
 * @param ready it is alive, all its listeners are bound, it is not being stopped, the store answers, and it has room for
 *     more clients and messages
 * @param problems why not, one phrase each, for people; empty when it is ready
 */
@ThreadSafe
public record Health(boolean alive, boolean ready, List<String> problems) {
    public Health {
        problems = List.copyOf(problems);
    }
}
