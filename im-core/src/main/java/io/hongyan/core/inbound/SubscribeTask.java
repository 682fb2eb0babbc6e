// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.inbound;

import io.hongyan.core.session.PresenceFeed;
import io.hongyan.core.session.Session;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.packet.Subscribe;
import io.hongyan.protocol.packet.UserId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A client's SUBSCRIBE on its session's worker lane, where the application says whom it may see. Run once. */
final class SubscribeTask implements Runnable {
    private final Reception reception;
    private final Session session;
    private final PresenceFeed feed;
    private final Subscribe subscribe;

    /** @param feed the session's, so that it ends with it even when this runs later */
    SubscribeTask(Reception reception, Session session, PresenceFeed feed, Subscribe subscribe) {
        this.reception = reception;
        this.session = session;
        this.feed = feed;
        this.subscribe = subscribe;
    }

    @Override
    public void run() {
        List<UserId> users = subscribe.users().stream().distinct().toList();
        if (!subscribe.subscribe()) {
            users.forEach(user -> reception.presence().unsubscribe(feed, user));
            return;
        }
        List<UserId> visible =
                reception.workers().invoker().visible(reception.presenceVisibility(), session.info(), users);
        ReasonCode refusal = visible.size() < users.size() ? ReasonCode.NOT_PERMITTED : null;
        for (UserId user : visible) {
            if (!reception.presence().subscribe(feed, user)) {
                refusal = ReasonCode.BACKPRESSURED;
            }
        }
        refuse(refusal);
    }

    private void refuse(@Nullable ReasonCode code) {
        if (code != null) {
            session.execute(() -> {
                session.error(code, "SUBSCRIBE");
                session.wake(null, 0);
            });
        }
    }
}
