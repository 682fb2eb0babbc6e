// SPDX-License-Identifier: Apache-2.0
package io.hongyan.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.core.store.Envelope;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.ContentKind;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.MessageId;
import io.hongyan.protocol.packet.Payload;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("once")
final class MariaDbStoreContractTest extends ServerStoreContract {
    @TempDir
    private static Path directory;

    private static DatabaseServer server;

    @BeforeAll
    static void startServer() {
        try {
            server = MariaDbServer.start(directory);
        } catch (IOException | RuntimeException failed) {
            DatabaseServer.absent("MariaDB", failed);
        }
    }

    @AfterAll
    static void stopServer() {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void whatIsLargerThanAPacketIsRefused() {
        JdbcMessageStore large = server.store().open();
        Message message = Message.of(
                        new MessageId(9, 1), Address.user("bob"), Payload.of(new byte[Message.MAX_PAYLOAD_BYTES]))
                .withServerFields(Address.user("alice"), null, 0, NOW);
        assertThat(done(large.append(new Envelope(Messages.CHAT, message, List.of(BOB))))
                        .code())
                .isEqualTo(ReasonCode.MESSAGE_TOO_LARGE);
        Message half = message.withPayload(ContentKind.BINARY, Payload.of(new byte[4 * 1024 * 1024]));
        assertThat(done(large.append(new Envelope(Messages.CHAT, half, List.of(BOB))))
                        .code())
                .isEqualTo(ReasonCode.OK);
        done(large.close());
    }

    @Override
    DatabaseServer server() {
        return server;
    }

    @Override
    String lockTable(String table) {
        return "LOCK TABLES " + table + " WRITE";
    }
}
