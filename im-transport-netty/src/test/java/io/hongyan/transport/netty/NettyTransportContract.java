// SPDX-License-Identifier: Apache-2.0
package io.hongyan.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.hongyan.contracts.RecordingHandler;
import io.hongyan.contracts.TransportContract;
import io.hongyan.protocol.Lane;
import io.hongyan.protocol.connection.Connection;
import io.hongyan.protocol.connection.ConnectionAcceptor;
import io.hongyan.protocol.connection.ConnectionHandler;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The contract over Netty's loops, with what comes with sockets. One subclass per carrier and kind of event loop. */
@ExtendWith(LooksOften.class)
abstract class NettyTransportContract extends TransportContract {
    IoLoops loops;

    abstract IoChoice io();

    abstract Listening listen(IoLoops loops, InetSocketAddress address, ConnectionAcceptor acceptor) throws IOException;

    abstract CompletionStage<Connection> connect(
            IoLoops loops, InetSocketAddress server, Function<Connection, ConnectionHandler> handlers);

    @Override
    protected final Listening listen(InetSocketAddress address, ConnectionAcceptor acceptor) throws IOException {
        return listen(loops, address, acceptor);
    }

    @Override
    protected final CompletionStage<Connection> connect(
            InetSocketAddress server, Function<Connection, ConnectionHandler> handlers) {
        return connect(loops, server, handlers);
    }

    @Override
    protected void open() {
        loops = newLoops();
    }

    @Override
    protected final void shut() {
        loops.close();
    }

    IoLoops newLoops() {
        return IoLoops.builder().threads(2).io(io()).name("test-io").build();
    }

    @Test
    void aPortInUseIsNamedWithTheCause() {
        assertThat(catchThrowable(() -> listen(loops, listening.address(), this::accept)))
                .isInstanceOf(BindException.class)
                .hasMessageContaining("port " + listening.address().getPort())
                .hasMessageContaining("in use")
                .hasCauseInstanceOf(IOException.class);
    }

    @Test
    void aPortInUseLeavesNoFileOpen() throws IOException {
        int tries = 20;
        catchThrowable(() -> listen(loops, listening.address(), this::accept));
        long before = StartsAndStopsTest.openFiles();
        for (int i = 0; i < tries; i++) {
            catchThrowable(() -> listen(loops, listening.address(), this::accept));
        }
        await().untilAsserted(() -> assertThat(StartsAndStopsTest.openFiles()).isLessThan(before + tries));
    }

    @Test
    void listensOnIpv6() throws IOException {
        Listening onIpv6 = listen(loops, new InetSocketAddress("::1", 0), this::accept);
        RecordingHandler client = connected(onIpv6.address());
        RecordingHandler server = onlyAccepted();
        send(client, Lane.CHAT, numbered(0, 8));
        isSoon(() -> server.frames.size() == 1);
        assertThat(server.connection.remoteAddress().getAddress())
                .isEqualTo(onIpv6.address().getAddress());
    }

    @Test
    void theWildcardTakesIpv4AndIpv6() throws IOException {
        Listening everywhere = listen(loops, new InetSocketAddress(0), this::accept);
        for (String host : List.of("127.0.0.1", "::1")) {
            accepted.clear();
            RecordingHandler client =
                    connected(new InetSocketAddress(host, everywhere.address().getPort()));
            RecordingHandler server = onlyAccepted();
            send(client, Lane.CHAT, numbered(0, 9));
            isSoon(() -> server.frames.size() == 1);
        }
    }
}
