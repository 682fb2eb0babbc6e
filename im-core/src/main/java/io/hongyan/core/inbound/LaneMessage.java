// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.inbound;

import io.hongyan.core.listener.MessageListener;
import io.hongyan.core.metrics.Metric;
import io.hongyan.core.routing.Routed;
import io.hongyan.core.session.Session;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.Message;
import org.jspecify.annotations.Nullable;

/**
 * A client's message on its session's worker lane: judged by the interceptors, then given to the application or routed.
 * A task of the lane, run once.
 *
 * <pre>
 *   interceptors ──refused──────────────────────────► SEND_RESULT, counted
 *        └──passed──► to the server: SEND_RESULT OK, listeners, DELIVERED, counted
 *                 └─► to others:     routed, SEND_RESULT, counted (a store may take its time)
 * </pre>
 */
final class LaneMessage implements Runnable {
    private final Reception reception;
    private final Session session;
    private final Message message;
    private final @Nullable OpenMessage open;
    private final boolean accepted;

    /** An ephemeral message: nobody awaits anything. */
    LaneMessage(Reception reception, Session session, Message message) {
        this.reception = reception;
        this.session = session;
        this.message = message;
        this.open = null;
        this.accepted = false;
    }

    /**
     * A message whose sender awaits results.
     *
     * @param accepted whether he has been told that it is accepted; else its window says that it is open
     */
    LaneMessage(Reception reception, Message message, OpenMessage open, boolean accepted) {
        this.reception = reception;
        this.session = open.arrival();
        this.message = message;
        this.open = open;
        this.accepted = accepted;
    }

    @Override
    public void run() {
        Interception.Outcome outcome = reception.interception().judge(session.info(), message);
        if (outcome instanceof Interception.Outcome.Passed passed) {
            go(passed.message());
        } else {
            refuse(((Interception.Outcome.Refused) outcome).code());
        }
    }

    private void go(Message passed) {
        if (passed.to().kind() == Address.Kind.SERVER) {
            giveToApplication(passed);
        } else if (open == null) {
            reception.router().routeEphemeral(passed, null);
        } else {
            route(passed, open);
        }
    }

    private void giveToApplication(Message passed) {
        if (reception.messageListeners().isEmpty()) {
            refuse(ReasonCode.NOT_SUPPORTED);
            return;
        }
        if (open != null && !accepted) {
            open.window().settled(open.counter(), ReasonCode.OK, null);
        }
        for (MessageListener listener : reception.messageListeners()) {
            reception.workers().invoker().message(listener, session.info(), passed);
        }
        if (open != null) {
            open.window().delivered(open.counter(), null);
            open.finish();
        }
    }

    private void route(Message passed, OpenMessage awaited) {
        Routed routed = reception.router().route(passed, awaited.window(), null);
        if (routed instanceof Routed.Settled settled) {
            if (settled.code() != ReasonCode.OK) {
                refuse(settled.code());
            } else {
                awaited.settle(ReasonCode.OK);
            }
        } else {
            awaited.settleWith((Routed.Open) routed, reception.metrics());
        }
        if (passed.to() instanceof Address.User to) {
            reception.deliveryEvents().restSoonWhileFull(to.user(), session);
        }
    }

    private void refuse(ReasonCode code) {
        if (open != null) {
            reception.metrics().add(Metric.MESSAGES_REFUSED, code, 1);
            open.settle(code);
        }
    }
}
