// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.rudp;

import io.hongyan.benchmarks.measure.Impairment;

/** A bad link under a chat load. Both directions are alike, so acknowledgements are lost too. */
enum ChatCase {
    LOSS_0("0", "0 % loss", Impairment.loss(25, 0)),
    LOSS_5("5", "5 % loss", Impairment.loss(25, 0.05)),
    LOSS_10("10", "10 % loss", Impairment.loss(25, 0.10)),
    LOSS_20("20", "20 % loss", Impairment.loss(25, 0.20)),
    /** Outages for 8 % of the time. */
    BURSTS("bursts", "outages of 80 ms on average, 8 % of the time", Impairment.outages(25, 920, 80)),
    JITTER("jitter", "RTT 300 ± 60 ms, 10 % loss, 5 % reordered", new Impairment(150, 30, 0.10, 0, 0, 0.05, 30));

    private final String id;
    private final String title;
    private final Impairment impairment;

    ChatCase(String id, String title, Impairment impairment) {
        this.id = id;
        this.title = title;
        this.impairment = impairment;
    }

    /** How the command line and file names call it. */
    String id() {
        return id;
    }

    String title() {
        return title;
    }

    Impairment impairment() {
        return impairment;
    }

    /** Whether it is one of those that differ in independent loss alone. */
    boolean isPlainLoss() {
        return impairment.goodMillis() == 0 && impairment.jitterMillis() == 0;
    }
}
