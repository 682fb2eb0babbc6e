// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.flood;

import io.hongyan.protocol.frame.Preface;
import io.hongyan.protocol.packet.DeviceId;
import io.hongyan.protocol.packet.ErrorPacket;
import io.hongyan.protocol.packet.Login;
import io.hongyan.protocol.packet.LoginResult;
import io.hongyan.protocol.packet.Packet;
import io.hongyan.protocol.packet.UserId;
import java.io.IOException;

/** Connections that log in with a wrong token, hear the answer and go. A bounded number is open at once. */
final class LoginFlood implements Flood {

    private static final int MOST_OPEN = 1_024;
    private static final String WRONG_TOKEN = "not the token of any server";

    private final TcpLinks links;
    private final FloodTally tally;
    private int open;

    LoginFlood(TcpLinks links, FloodTally tally) {
        this.links = links;
        this.tally = tally;
    }

    /** What a client with this name says first, behind the preface. */
    static Login login(String user, String token, long instance) {
        return new Login(new UserId(user), new DeviceId("flood"), "", token, instance, 0);
    }

    @Override
    public void sendOne() throws IOException {
        if (open >= MOST_OPEN) {
            tally.heldBack++;
            return;
        }
        long number = ++tally.sent;
        boolean begun = links.open(new TcpLink.Behaviour() {
            @Override
            public void connected(TcpLink link) throws IOException {
                link.send(Preface.request());
                link.send(login("flood-" + number, WRONG_TOKEN, number));
            }

            @Override
            public void packet(TcpLink link, Packet packet) {
                if (packet instanceof LoginResult result && result.isAccepted()) {
                    tally.loggedIn++;
                    link.close();
                } else if (packet instanceof LoginResult result) {
                    tally.refused(result.code().name(), 1);
                    link.close();
                } else if (packet instanceof ErrorPacket error) {
                    tally.refused(error.code().name(), 1);
                }
            }

            @Override
            public void closed(TcpLink link) {
                open--;
            }
        });
        if (begun) {
            open++;
        }
    }

    @Override
    public void takeAnswers(long waitMillis) throws IOException {
        links.turn(waitMillis);
    }

    @Override
    public boolean awaitsAnswers() {
        return open > 0;
    }

    @Override
    public void close() throws IOException {
        links.close();
    }
}
