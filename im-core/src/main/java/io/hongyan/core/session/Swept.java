// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.session;

import io.hongyan.protocol.Confined;

/** Something with time-outs. It remembers its place in the sweep, so that leaving costs no search. */
@Confined("owner")
public interface Swept {
    /** The time to look whether something is overdue. */
    void sweep(long nowNanos);

    /** Where it was put. */
    int sweepPlace();

    /** Puts it there. */
    void sweepPlace(int place);
}
