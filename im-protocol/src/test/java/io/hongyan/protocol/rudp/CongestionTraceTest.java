// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.simnet.LinkProfile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * What the controllers do on paths that change, compared byte for byte with traces in {@code src/test/resources/congestion}:
 * nothing they do changes unseen. After a change that is meant, run with {@code -Dhongyan.traces=write}, from the module's
 * directory as Maven does, read what git says has changed, and commit it.
 *
 * <p>Columns: time; phase; the model's rate (CUBIC: of the pacer), window, bytes in flight, least and latest round trip at
 * that time; bytes a second that arrived since the line before.
 */
class CongestionTraceTest {
    private static final long SECOND = ControllerLab.SECOND;
    private static final long EVERY = 250 * ControllerLab.MILLI;
    private static final long ENOUGH = 1L << 40;

    private static LinkProfile.Builder link(long bitsPerSecond) {
        return LinkProfile.builder("path").delayMillis(25).rate(bitsPerSecond, 128 << 10);
    }

    private static void compare(
            String name, CongestionController controller, LinkProfile link, Consumer<ControllerLab> scenario) {
        ControllerLab lab = new ControllerLab(controller, link);
        lab.link(link);
        lab.remark(link.toString());
        scenario.accept(lab);
        String resource = "congestion/" + name + ".trace";
        try {
            if ("write".equals(System.getProperty("hongyan.traces"))) {
                Path file = Path.of("src/test/resources").resolve(resource);
                Files.createDirectories(file.getParent());
                Files.writeString(file, lab.trace());
            }
            try (InputStream in = CongestionTraceTest.class.getResourceAsStream("/" + resource)) {
                assertThat(in).as(resource).isNotNull();
                String expected = new String(in.readAllBytes(), StandardCharsets.UTF_8);
                assertThat(lab.trace()).as(name).isEqualTo(expected);
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void bulk(ControllerLab lab, int seconds) {
        lab.offer(ENOUGH);
        lab.trace(seconds * SECOND, EVERY);
    }

    private static void change(ControllerLab lab, LinkProfile link) {
        lab.link(link);
        lab.remark(link.toString());
    }

    @Test
    void bbrOnASteadyPath() {
        compare("bbr-steady", new BbrController(), link(20_000_000).build(), lab -> bulk(lab, 12));
    }

    @Test
    void bbrUnderLoss() {
        compare("bbr-loss-1", new BbrController(), link(20_000_000).loss(0.01).build(), lab -> bulk(lab, 6));
        compare("bbr-loss-5", new BbrController(), link(20_000_000).loss(0.05).build(), lab -> bulk(lab, 6));
        compare("bbr-loss-20", new BbrController(), link(20_000_000).loss(0.20).build(), lab -> bulk(lab, 6));
    }

    @Test
    void bbrWhereTheQueueIsDeepOrShallow() {
        compare(
                "bbr-deep-queue",
                new BbrController(),
                link(20_000_000).rate(20_000_000, 1 << 20).build(),
                lab -> bulk(lab, 6));
        compare(
                "bbr-shallow-queue",
                new BbrController(),
                link(20_000_000).rate(20_000_000, 16 << 10).build(),
                lab -> bulk(lab, 6));
    }

    @Test
    void bbrWhenTheBottleneckWidensAndNarrows() {
        compare("bbr-rate-steps", new BbrController(), link(2_000_000).build(), lab -> {
            bulk(lab, 3);
            change(lab, link(20_000_000).build());
            lab.trace(4 * SECOND, EVERY);
            change(lab, link(2_000_000).build());
            lab.trace(6 * SECOND, EVERY);
        });
    }

    @Test
    void bbrWhenThePathBecomesLongerAndShorter() {
        compare("bbr-rtt-steps", new BbrController(), link(10_000_000).build(), lab -> {
            bulk(lab, 2);
            change(lab, link(10_000_000).delayMillis(75).build());
            lab.trace(14 * SECOND, EVERY);
            change(lab, link(10_000_000).build());
            lab.trace(3 * SECOND, EVERY);
        });
    }

    @Test
    void bbrWhenChatTurnsIntoBulk() {
        compare("bbr-chat-then-bulk", new BbrController(), link(20_000_000).build(), lab -> {
            for (int second = 0; second < 12; second++) {
                for (int i = 0; i < 50; i++) {
                    lab.offer(250);
                    lab.clock.advanceBy(20 * ControllerLab.MILLI);
                }
                lab.trace(EVERY, EVERY);
            }
            bulk(lab, 3);
        });
    }

    @Test
    void cubic() {
        compare("cubic-steady", new CubicController(), link(20_000_000).build(), lab -> bulk(lab, 12));
        compare(
                "cubic-loss-1",
                new CubicController(),
                link(20_000_000).loss(0.01).build(),
                lab -> bulk(lab, 6));
    }
}
