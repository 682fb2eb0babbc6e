// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.session;

import io.hongyan.protocol.Confined;
import io.hongyan.protocol.ThreadSafe;

/** A login that waits for the session of the same device to make way. */
@Confined("its session's owner")
public interface Replacement {
    /** The session to come. */
    @ThreadSafe
    Session session();

    /** The way is free. */
    void takeOver(Session frozen);

    /** Another login of the same device came later and goes first: this one is over. */
    void superseded();
}
