// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import io.hongyan.protocol.Confined;
import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ThreadSafe;
import org.jspecify.annotations.Nullable;

/** Where the listeners of one client run, one call after another. */
interface Callbacks {

    /**
     * Shows a message, then counts its frame.
     *
     * @param channel which count the frame belongs to; {@code null} = it is not counted
     * @return false when no more should come: stop reading until there is room, see {@link #whenRoom}
     */
    @Confined("owner")
    boolean message(Link link, @Nullable Lane channel, IncomingMessage message);

    /**
     * Counts a frame with nothing to show, when its turn has come.
     *
     * @return as {@link #message}
     */
    @Confined("owner")
    boolean counted(Link link, Lane channel);

    /**
     * Calls a listener when its turn has come.
     *
     * @param listener whom the call is about, for the log
     * @return as {@link #message}
     */
    @ThreadSafe
    boolean call(Object listener, Runnable call);

    /** Calls this, on a worker, when there is room after a call said that there is none. Set once, before anything else. */
    void whenRoom(Runnable hasRoom);

    /** Calls this, on any thread, each time that listeners cannot be called for want of a worker. Set once, before anything else. */
    void whenRefused(Runnable refused);

    /**
     * Tries to get a worker again.
     *
     * @return whether there is one, or nothing to call
     */
    @ThreadSafe
    boolean tryAgain();

    /** Completes a stage, apart from the listeners, so that a listener may wait for one. Keeps the order of stages. */
    @ThreadSafe
    void complete(Runnable completion);

    /** As {@link #complete}, behind the last call of a listener; called once, even when no listener can be called any more. */
    @ThreadSafe
    void last(Runnable completion);

    /** Shows no further message: what has not been shown is not counted. Other calls still run. */
    @ThreadSafe
    void discardMessages();

    /** Whether the caller is inside one of these calls. */
    @ThreadSafe
    boolean inCallback();
}
