// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.client.ConnectionListener;
import io.hongyan.client.ServerAddress;
import io.hongyan.protocol.ReasonCode;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ReturnsTest {

    private static final ServerAddress SERVER = ServerAddress.parse("tcp://127.0.0.1:1");

    private long nowMillis = 5_000;
    private final Returns returns = new Returns(3, () -> nowMillis * 1_000_000);
    private final ConnectionListener[] sessions = {returns.of(0), returns.of(1), returns.of(2)};

    @Test
    void countsTheFirstLossAndTheFirstReturnOfEach() throws InterruptedException {
        for (ConnectionListener session : sessions) {
            session.connected(SERVER);
        }
        lost(0, 0);
        lost(1, 1_500);
        back(0, 2_000);
        lost(0, 2_100);
        back(0, 2_200);
        lost(2, 2_999);
        back(2, 3_000);
        assertThat(returns.await(Duration.ZERO)).isFalse();
        assertThat(returns.missing()).isEqualTo(1);
        back(1, 4_250);
        assertThat(returns.await(Duration.ZERO)).isTrue();
        assertThat(returns.line())
                .isEqualTo("BACK {\"sessions\":3,\"attempts\":4,\"all_left_s\":2.999,\"all_back_s\":4.250,"
                        + "\"left_per_s\":[1,1,1],\"back_per_s\":[0,0,1,1,1]}");
    }

    @Test
    void nobodyLostIsNobodyBack() {
        sessions[0].connected(SERVER);
        assertThat(returns.line())
                .isEqualTo("BACK {\"sessions\":0,\"attempts\":0,\"all_left_s\":0.000,\"all_back_s\":0.000,"
                        + "\"left_per_s\":[0],\"back_per_s\":[0]}");
    }

    private void lost(int session, long afterMillis) {
        nowMillis = 10_000 + afterMillis;
        sessions[session].disconnected(ReasonCode.SERVER_STOPPING, 0);
    }

    private void back(int session, long afterMillis) {
        nowMillis = 10_000 + afterMillis;
        sessions[session].reconnecting(SERVER);
        sessions[session].connected(SERVER);
    }
}
