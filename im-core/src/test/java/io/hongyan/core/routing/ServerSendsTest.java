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
        CompletableFuture<ServerSends.Outcome> open = await(true);
        MessageId id = sends.nextId();
        CompletableFuture<ServerSends.Outcome> accepted = sends.await(id, true);
        sends.settled(id.counter(), ReasonCode.OK, null);
        sends.close();
        assertThat(open.join().code()).isEqualTo(ReasonCode.STORE_UNAVAILABLE);
        assertThat(accepted.join().stage()).isEqualTo(ServerSends.Stage.ACCEPTED);
        assertThat(sends.outstanding()).isZero();
    }

    @Test
    void awaitsNothingThatIsSentWhileTheNodeStops() {
        sends.close();
        assertThat(await(true)).isCompletedWithValue(refusedAsStopping());
        assertThat(await(false)).isCompletedWithValue(refusedAsStopping());
        assertThat(await(false)).as("takes no place").isCompletedWithValue(refusedAsStopping());
        assertThat(sends.outstanding()).isZero();
    }

    private CompletableFuture<ServerSends.Outcome> await(boolean untilDelivered) {
        return sends.await(sends.nextId(), untilDelivered);
    }

    private static ServerSends.Outcome refusedAsStopping() {
        return new ServerSends.Outcome(ServerSends.Stage.REFUSED, ReasonCode.SERVER_STOPPING);
    }
}
