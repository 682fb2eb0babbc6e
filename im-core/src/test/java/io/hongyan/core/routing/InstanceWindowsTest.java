// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.core.limit.ServerLimits;
import io.hongyan.core.listener.SessionInfo;
import io.hongyan.core.metrics.ImMetrics;
import io.hongyan.core.routing.InstanceWindow.Standing;
import io.hongyan.core.session.Loops;
import io.hongyan.core.session.ReadGate;
import io.hongyan.core.session.ResumeSecret;
import io.hongyan.core.session.Session;
import io.hongyan.core.session.SessionEnd;
import io.hongyan.core.world.TestClient;
import io.hongyan.core.world.TestConnection;
import io.hongyan.core.world.TestWorld;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.packet.DeviceId;
import io.hongyan.protocol.packet.UserId;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class InstanceWindowsTest {
    private final TestWorld world = TestWorld.withLoops(1);
    private final InstanceWindows windows = new InstanceWindows(16 * 4, 3);

    @Test
    void remembersAnInstanceAcrossSessions() {
        Session first = session("alice", 1);
        InstanceWindow window = windows.attach(first);
        window.take(5);
        windows.release(window, first);
        InstanceWindow again = windows.attach(session("alice", 1));
        assertThat(again).isSameAs(window);
        assertThat(again.take(5)).isEqualTo(Standing.ACCEPTED);
        assertThat(windows.attach(session("alice", 2)).take(5)).isEqualTo(Standing.NEW);
    }

    @Test
    void keepsAnswersWithTheNewSessionWhenTheOldOneEndsLate() {
        Session first = session("alice", 1);
        InstanceWindow window = windows.attach(first);
        Session second = session("alice", 1);
        windows.attach(second);
        windows.release(window, first);
        assertThat(window.hasSession()).isTrue();
    }

    @Test
    void forgetsTheUserGoneForLongest() {
        for (int i = 0; i < 1000; i++) {
            Session session = session("u" + i, i);
            windows.release(windows.attach(session), session);
        }
        assertThat(windows.find(new UserId("u0"), 0)).isNull();
        assertThat(windows.find(new UserId("u999"), 999)).isNotNull();
    }

    @Test
    void neverForgetsWhoHasASession() {
        InstanceWindow here = windows.attach(session("here", 1));
        for (int i = 0; i < 1000; i++) {
            Session session = session("u" + i, i);
            windows.release(windows.attach(session), session);
        }
        assertThat(windows.find(new UserId("here"), 1)).isSameAs(here);
    }

    @Test
    void forgetsTheInstanceOfAUserGoneForLongestBesideThoseWithASession() {
        UserId alice = new UserId("alice");
        windows.attach(session("alice", 99));
        for (long instance = 1; instance <= 3; instance++) {
            come(alice, instance);
        }
        come(alice, 1);
        come(alice, 4);
        assertThat(windows.find(alice, 99)).as("has a session").isNotNull();
        assertThat(windows.find(alice, 1)).as("came again").isNotNull();
        assertThat(windows.find(alice, 2)).isNull();
        assertThat(windows.find(alice, 3)).isNotNull();
        assertThat(windows.find(alice, 4)).isNotNull();
    }

    /** The bound is of instances, however few users they belong to and whoever of these is here. */
    @Test
    void boundsWhatIsRememberedInAll() {
        int kept = 0;
        for (int i = 0; i < 400; i++) {
            UserId user = new UserId("u" + i);
            windows.attach(session(user.value(), 99));
            for (long instance = 1; instance <= 3; instance++) {
                come(user, instance);
            }
        }
        for (int i = 0; i < 400; i++) {
            UserId user = new UserId("u" + i);
            assertThat(windows.find(user, 99)).isNotNull();
            for (long instance = 1; instance <= 3; instance++) {
                kept += windows.find(user, instance) == null ? 0 : 1;
            }
        }
        assertThat(kept).isEqualTo(16 * 4);
    }

    private void come(UserId user, long instance) {
        Session session = session(user.value(), instance);
        windows.release(windows.attach(session), session);
    }

    private Session session(String user, long instance) {
        TestClient client = new TestClient(user, "d", instance, world.queue());
        TestConnection connection =
                new TestConnection(world.owner(0), false, world.queue(), client, new InetSocketAddress("127.0.0.1", 1));
        SessionInfo info = new SessionInfo(
                instance,
                new UserId(user),
                new DeviceId("d"),
                "",
                "tcp",
                connection.remoteAddress(),
                Instant.EPOCH,
                Map.of());
        return new Session(
                info,
                instance,
                ResumeSecret.NONE,
                new Loops(world, world, 1024).of(world.owner(0)),
                connection,
                new ReadGate(connection, ImMetrics.NONE),
                new NoEnd(),
                ServerLimits.defaults(),
                ImMetrics.NONE);
    }

    private static final class NoEnd implements SessionEnd {
        @Override
        public void end(ReasonCode code, String text) {}

        @Override
        public void giveWay(Session by) {}
    }
}
