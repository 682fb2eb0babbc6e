// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.flood;

import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.frame.Preface;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.ErrorPacket;
import io.hongyan.protocol.packet.Kick;
import io.hongyan.protocol.packet.LoginResult;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.MessageId;
import io.hongyan.protocol.packet.Packet;
import io.hongyan.protocol.packet.Payload;
import io.hongyan.protocol.packet.SendResult;
import java.io.IOException;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/**
 * One client that sends as fast as it is told whatever it is answered, to another that only listens. Closed, it comes
 * back at once, ten times a second at most.
 */
final class OverRateFlood implements Flood {

    private static final long COME_BACK_NANOS = 100_000_000;
    private static final Payload PAYLOAD = Payload.of(new byte[100]);

    private final TcpLinks links;
    private final FloodTally tally;
    private final String token;
    private final long instance = new SecureRandom().nextLong();
    private final String sender = "flood-" + Long.toHexString(instance);
    private final String receiver = sender + "-to";
    private final Address to = Address.user(receiver);

    private @Nullable TcpLink link;
    private boolean listening;
    private boolean sending;
    private boolean loggedIn;
    private long nextTryNanos = System.nanoTime();
    private long counter;

    OverRateFlood(TcpLinks links, FloodTally tally, String token) {
        this.links = links;
        this.tally = tally;
        this.token = token;
    }

    @Override
    public void sendOne() throws IOException {
        TcpLink link = this.link;
        if (link != null && loggedIn) {
            if (link.send(Message.of(new MessageId(instance, counter + 1), to, PAYLOAD))) {
                counter++;
                tally.sent++;
                return;
            }
        } else if (nextTryNanos - System.nanoTime() <= 0) {
            nextTryNanos = System.nanoTime() + COME_BACK_NANOS;
            if (!listening) {
                listening = links.open(new Receiver());
            }
            if (!sending) {
                sending = links.open(new Sender());
            }
        }
        tally.heldBack++;
    }

    @Override
    public void takeAnswers(long waitMillis) throws IOException {
        links.turn(waitMillis);
    }

    @Override
    public void close() throws IOException {
        links.close();
    }

    private void noteRefusal(Packet packet) {
        if (packet instanceof LoginResult result && result.isAccepted()) {
            tally.loggedIn++;
        } else if (packet instanceof LoginResult result) {
            tally.refused(result.code().name(), 1);
        } else if (packet instanceof ErrorPacket error) {
            tally.refused(error.code().name(), 1);
        } else if (packet instanceof Kick kick) {
            tally.refused(kick.code().name(), 1);
        } else if (packet instanceof SendResult result && result.code() != ReasonCode.OK) {
            tally.refused(result.code().name(), result.counters().counters());
        }
    }

    private void logIn(TcpLink link, String user) throws IOException {
        link.send(Preface.request());
        link.send(LoginFlood.login(user, token, instance));
    }

    private final class Receiver implements TcpLink.Behaviour {
        @Override
        public void connected(TcpLink link) throws IOException {
            logIn(link, receiver);
        }

        @Override
        public void packet(TcpLink link, Packet packet) {
            noteRefusal(packet);
        }

        @Override
        public void closed(TcpLink link) {
            listening = false;
        }
    }

    private final class Sender implements TcpLink.Behaviour {
        @Override
        public void connected(TcpLink connected) throws IOException {
            link = connected;
            logIn(connected, sender);
        }

        @Override
        public void packet(TcpLink from, Packet packet) {
            noteRefusal(packet);
            loggedIn |= packet instanceof LoginResult result && result.isAccepted();
        }

        @Override
        public void closed(TcpLink closed) {
            link = null;
            sending = false;
            loggedIn = false;
        }
    }
}
