// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.flood;

import io.hongyan.protocol.frame.Preface;
import java.io.IOException;
import java.util.SplittableRandom;

/** TCP connections of random bytes; every second one begins with a right preface. A bounded number is open at once. */
final class GarbageStreams implements Flood {

    private static final int MOST_OPEN = 512;
    private static final int MOST_BYTES = 4_096;

    private final TcpLinks links;
    private final FloodTally tally;
    private final SplittableRandom random = new SplittableRandom();
    private int open;

    GarbageStreams(TcpLinks links, FloodTally tally) {
        this.links = links;
        this.tally = tally;
    }

    @Override
    public void sendOne() throws IOException {
        if (open >= MOST_OPEN) {
            tally.heldBack++;
            return;
        }
        tally.sent++;
        boolean withPreface = tally.sent % 2 == 0;
        boolean begun = links.open(new TcpLink.Behaviour() {
            @Override
            public void connected(TcpLink link) throws IOException {
                if (withPreface) {
                    link.send(Preface.request());
                }
                byte[] noise = new byte[random.nextInt(1, MOST_BYTES)];
                random.nextBytes(noise);
                link.send(noise);
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
    public void close() throws IOException {
        links.close();
    }
}
