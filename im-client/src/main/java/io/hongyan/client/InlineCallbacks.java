// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import io.hongyan.protocol.Confined;
import io.hongyan.protocol.Lane;
import io.hongyan.protocol.connection.Owner;
import org.jspecify.annotations.Nullable;

/** Listeners on the event loop, inside the read batch: for tools whose listeners never block. */
@Confined("owner")
final class InlineCallbacks implements Callbacks {

    private final Owner owner;
    private final ListenerInvoker invoker;
    private final MessageListener listener;
    private volatile boolean discarding;

    InlineCallbacks(Owner owner, ListenerInvoker invoker, MessageListener listener) {
        this.owner = owner;
        this.invoker = invoker;
        this.listener = listener;
    }

    @Override
    public boolean message(Link link, @Nullable Lane channel, IncomingMessage message) {
        if (!discarding) {
            invoker.message(listener, message);
            if (channel != null) {
                link.count(channel, 1);
            }
        }
        return true;
    }

    @Override
    public boolean counted(Link link, Lane channel) {
        if (!discarding) {
            link.count(channel, 1);
        }
        return true;
    }

    @Override
    public boolean call(Object caller, Runnable call) {
        if (owner.inOwnerThread()) {
            invoker.call(caller, call);
        } else {
            owner.execute(() -> invoker.call(caller, call));
        }
        return true;
    }

    /** There always is. */
    @Override
    public void whenRoom(Runnable hasRoom) {}

    /** The event loop outlives the client. */
    @Override
    public void whenRefused(Runnable refused) {}

    @Override
    public boolean tryAgain() {
        return true;
    }

    @Override
    public void complete(Runnable completion) {
        call(this, completion);
    }

    @Override
    public void last(Runnable completion) {
        call(this, completion);
    }

    @Override
    public void discardMessages() {
        discarding = true;
    }

    @Override
    public boolean inCallback() {
        return owner.inOwnerThread();
    }
}
