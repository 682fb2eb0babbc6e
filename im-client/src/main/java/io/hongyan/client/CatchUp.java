// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import io.hongyan.protocol.Confined;
import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.Message;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How a new link is caught up with what was kept for it: so many messages at a time as the server is seen to take, and
 * what it has no room for asked again after a pause. Nobody chose to send all of it at once, so nobody is told that it
 * was too much at once.
 *
 * <pre>
 *   online ──► flight of 64, doubled by answers ──► all answered: over
 *                   ▲               │ refused
 *                   └── pause ◄─────┘ nothing is begun; when all under way is answered: again, in order, 16 at a time
 * </pre>
 *
 * The order stays because a server that has run out of patience refuses all that is under way, and because everything
 * waits behind what is refused. Should the server nevertheless have taken a later message to the same recipient and
 * lane, the refused one is not sent behind it: its refusal is told.
 */
@Confined("owner")
final class CatchUp {

    /** Messages under way at first. */
    static final int FIRST_FLIGHT = 64;
    /** Messages under way after a refusal. */
    static final int CAREFUL_FLIGHT = 16;
    /** Pauses in a row after which the server took nothing, until it is believed. */
    static final int MOST_VAIN_PAUSES = 30;
    /** How often one message is asked again for that the server has no room for. */
    static final int MOST_ASKED = 10;

    private final TreeMap<Long, Refusal> refused = new TreeMap<>();
    private final Map<Place, Long> taken = new HashMap<>();
    private boolean on;
    /** What has a counter below this is asked again for. */
    private long end;

    private int maxFrameBytes;
    private int flight;
    private boolean pausing;
    private int pauseMillis;
    private int vainPauses;
    private boolean tookSome;

    /** A link begins; all counters below {@code next} that are kept are sent over it. */
    void begin(long next, int maxFrameBytes) {
        clear();
        this.maxFrameBytes = maxFrameBytes;
        on = true;
        end = next;
        flight = FIRST_FLIGHT;
    }

    /** The link is gone, or all is answered. */
    void clear() {
        on = false;
        end = 0;
        refused.clear();
        taken.clear();
        pausing = false;
        vainPauses = 0;
        tookSome = false;
    }

    /** This message waits behind others that are caught up with: it is one of them. */
    void joins(long counter) {
        end = Math.max(end, counter + 1);
    }

    /** The message is begun, perhaps not for the first time. */
    void begun(long counter) {
        Refusal refusal = refused.get(counter);
        if (refusal != null) {
            refusal.waits = false;
        }
    }

    /** The server took the message, or had it already. */
    void took(Message message) {
        long counter = message.id().counter();
        if (counter < end) {
            flight = Math.min(flight + 1, Outbox.WINDOW);
        }
        tookSome = true;
        refused.remove(counter);
        taken.merge(placeOf(message), counter, Math::max);
    }

    /** Nothing is to be asked any more about this message. */
    void settled(long counter) {
        refused.remove(counter);
    }

    /**
     * The server refuses a message.
     *
     * @param next the next counter to be given
     * @param acceptedBefore whether a server accepted it over an earlier link: this one began anew
     * @return whether it is asked again after a pause, and nobody told
     */
    boolean asksAgain(Message message, ReasonCode code, long next, boolean acceptedBefore) {
        long counter = message.id().counter();
        if (!on || counter >= end || !isForNow(code, acceptedBefore)) {
            return false;
        }
        Refusal refusal = refused.computeIfAbsent(counter, any -> new Refusal(message));
        refusal.code = code;
        refusal.waits = true;
        if (code != ReasonCode.THROTTLED && ++refusal.times > MOST_ASKED) {
            refused.remove(counter);
            return false;
        }
        pauseMillis = Math.max(pausing ? pauseMillis : 0, code.delayMillis());
        pausing = true;
        flight = CAREFUL_FLIGHT;
        joins(next - 1);
        return true;
    }

    /** All below this counter is answered. */
    void answeredBelow(long counter) {
        if (on && !pausing && counter >= end) {
            clear();
        } else if (taken.size() > 2 * Outbox.WINDOW) {
            taken.values().removeIf(highest -> highest < counter);
        }
    }

    /** The pause is over: what cannot be asked again in its place, or in vain, is told. */
    void resume(MessageLedger ledger) {
        pausing = false;
        vainPauses = tookSome ? 0 : vainPauses + 1;
        tookSome = false;
        boolean vain = vainPauses > MOST_VAIN_PAUSES;
        for (Refusal refusal : refused.values().toArray(Refusal[]::new)) {
            if (refusal.waits && (vain || isOvertaken(refusal.message))) {
                ledger.fail(refusal.message.id().counter(), refusal.code);
            }
        }
    }

    boolean isOn() {
        return on;
    }

    /** Whether nothing may be begun. */
    boolean isPausing() {
        return pausing;
    }

    int pauseMillis() {
        return pauseMillis;
    }

    /** Whether the message may be begun while so many are under way. */
    boolean mayBegin(long counter, int underWay) {
        return !pausing && (counter >= end || underWay < flight);
    }

    /** Whether this message is one of those caught up with. */
    boolean covers(@Nullable Message message) {
        return message != null && message.id().counter() < end;
    }

    /** Whether the message was refused, and is not begun again. */
    boolean isRefused(long counter) {
        Refusal refusal = refused.get(counter);
        return refusal != null && refusal.waits;
    }

    private boolean isOvertaken(Message message) {
        return taken.getOrDefault(placeOf(message), 0L) > message.id().counter();
    }

    /** Whether the refusal is for want of patience or room, and not by what the sender did. */
    private static boolean isForNow(ReasonCode code, boolean acceptedBefore) {
        return code == ReasonCode.THROTTLED
                || acceptedBefore && (code == ReasonCode.BACKPRESSURED || code == ReasonCode.REASSEMBLY_FULL);
    }

    private Place placeOf(Message message) {
        return new Place(message.to(), Outbox.laneOf(message, maxFrameBytes));
    }

    /** What keeps its order. */
    private record Place(Address to, Lane lane) {}

    private static final class Refusal {
        final Message message;
        ReasonCode code = ReasonCode.OK;
        boolean waits;
        int times;

        Refusal(Message message) {
            this.message = message;
        }
    }
}
