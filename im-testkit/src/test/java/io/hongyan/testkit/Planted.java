// SPDX-License-Identifier: Apache-2.0
package io.hongyan.testkit;

import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ProtocolException;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.connection.ConnectionHandler;
import io.hongyan.protocol.frame.Frame;
import io.hongyan.protocol.packet.BinaryPacketCodec;
import io.hongyan.protocol.packet.Message;
import io.hongyan.simnet.DeliveryViolation;
import java.nio.ByteBuffer;
import java.util.random.RandomGenerator;

/** Bugs that a test plants in front of a client, to see that they are found. */
enum Planted {
    /** One message in ten is acknowledged and never shown. */
    DROPS_WHAT_IT_ACKNOWLEDGED(DeliveryViolation.MISSING),
    /** One message in ten is shown twice. */
    SHOWS_TWICE(DeliveryViolation.DOUBLED),
    /** One message in ten waits for the one behind it. */
    SWAPS_TWO(DeliveryViolation.OUT_OF_ORDER),
    /** The first message of every connection but a client's first is acknowledged and never shown. */
    LOSES_ON_RETURN(DeliveryViolation.MISSING),
    /** One message in ten is shown as if another process had sent it. */
    MIXES_UP(DeliveryViolation.PHANTOM);

    /** A packet that no version knows, counted and skipped. */
    private static final Frame SKIPPED = Frame.of(Frame.OPTIONAL | Frame.COUNTED | 0x3F, new byte[0]);

    final DeliveryViolation violation;

    Planted(DeliveryViolation violation) {
        this.violation = violation;
    }

    /** @param isReturn whether the client had a connection before */
    ConnectionHandler inFrontOf(ConnectionHandler client, RandomGenerator random, boolean isReturn) {
        return new Tampering(this, client, random, isReturn);
    }

    private static final class Tampering implements ConnectionHandler {
        private final Planted bug;
        private final ConnectionHandler client;
        private final RandomGenerator random;
        private boolean isReturn;
        private Frame late;
        private Lane lateLane = Lane.CHAT;

        Tampering(Planted bug, ConnectionHandler client, RandomGenerator random, boolean isReturn) {
            this.bug = bug;
            this.client = client;
            this.random = random;
            this.isReturn = isReturn;
        }

        @Override
        public void onFrame(int type, ByteBuffer body, Lane lane) {
            byte[] bytes = new byte[body.remaining()];
            body.get(body.position(), bytes);
            Frame frame = Frame.of(type, bytes);
            if (!(BinaryPacketCodec.V1.decode(type, body.duplicate()) instanceof Message message)) {
                hear(frame, lane);
                return;
            }
            boolean now = random.nextInt(10) == 0;
            if (bug == LOSES_ON_RETURN && isReturn || bug == DROPS_WHAT_IT_ACKNOWLEDGED && now) {
                isReturn = false;
                hear(SKIPPED, lane);
            } else if (bug == SHOWS_TWICE && now) {
                hear(frame, lane);
                hear(BinaryPacketCodec.V1.encode(message.withLane(Lane.EPHEMERAL)), Lane.EPHEMERAL);
            } else if (bug == SWAPS_TWO && late == null && now) {
                late = frame;
                lateLane = lane;
            } else if (bug == MIXES_UP && now) {
                Message mixed = Message.text(
                                message.id(),
                                message.to(),
                                message.payload().text().replaceFirst(" ", "0 "))
                        .withLane(message.lane())
                        .withServerFields(message.from(), null, 0, message.timeMillis());
                hear(BinaryPacketCodec.V1.encode(mixed), lane);
            } else {
                hear(frame, lane);
                Frame before = late;
                if (before != null) {
                    late = null;
                    hear(before, lateLane);
                }
            }
        }

        private void hear(Frame frame, Lane lane) {
            client.onFrame(frame.type(), frame.body(), lane);
        }

        @Override
        public void onReadComplete() {
            client.onReadComplete();
        }

        @Override
        public void onWritable(Lane lane) {
            client.onWritable(lane);
        }

        @Override
        public void onViolation(ProtocolException violation) {
            client.onViolation(violation);
        }

        @Override
        public void onClosed(ReasonCode reason, boolean byPeer, String text) {
            client.onClosed(reason, byPeer, text);
        }
    }
}
