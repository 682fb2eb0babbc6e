// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.packet.MessageId;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class ServerSendsTest {
    private final ServerSends sends = new ServerSends(1, 2, 1000, () -> 0);

    @Test
    void endsEveryWaitWhenTheNodeStops() {
        CompletableFuture<ServerSends.Outcome> open = await(ServerSends.Stage.DELIVERED);
        MessageId id = sends.nextId();
        CompletableFuture<ServerSends.Outcome> accepted = sends.await(id, ServerSends.Stage.DELIVERED);
        sends.settled(id.counter(), ReasonCode.OK, null);
        sends.close();
        assertThat(open.join().code()).isEqualTo(ReasonCode.STORE_UNAVAILABLE);
        assertThat(accepted.join().stage()).isEqualTo(ServerSends.Stage.ACCEPTED);
        assertThat(sends.outstanding()).isZero();
    }

    @Test
    void awaitsNothingThatIsSentWhileTheNodeStops() {
        sends.close();
        assertThat(await(ServerSends.Stage.DELIVERED)).isCompletedWithValue(refusedAsStopping());
        assertThat(await(ServerSends.Stage.ACCEPTED)).isCompletedWithValue(refusedAsStopping());
        assertThat(await(ServerSends.Stage.ACCEPTED)).as("takes no place").isCompletedWithValue(refusedAsStopping());
        assertThat(sends.outstanding()).isZero();
    }

    private CompletableFuture<ServerSends.Outcome> await(ServerSends.Stage until) {
        return sends.await(sends.nextId(), until);
    }

    private static ServerSends.Outcome refusedAsStopping() {
        return new ServerSends.Outcome(ServerSends.Stage.REFUSED, ReasonCode.SERVER_STOPPING);
    }
}
