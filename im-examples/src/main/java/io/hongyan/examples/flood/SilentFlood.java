// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.flood;

import java.io.IOException;

/** Connections that say nothing and stay. */
final class SilentFlood implements Flood {

    private final TcpLinks links;
    private final FloodTally tally;

    SilentFlood(TcpLinks links, FloodTally tally) {
        this.links = links;
        this.tally = tally;
    }

    @Override
    public void sendOne() throws IOException {
        tally.sent++;
        links.open(link -> {});
    }

    @Override
    public void takeAnswers(long waitMillis) throws IOException {
        links.turn(waitMillis);
    }

    @Override
    public boolean holds() {
        return true;
    }

    @Override
    public void close() throws IOException {
        links.close();
    }
}
