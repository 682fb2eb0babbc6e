// SPDX-License-Identifier: Apache-2.0
package io.hongyan.store.jdbc;

import io.hongyan.contracts.MessageStoreContract;
import io.hongyan.core.store.MessageStore;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

final class SqliteStoreContractTest extends MessageStoreContract {
    private static final int MAX_MESSAGE_BYTES = 100_000;

    @TempDir
    private Path directory;

    @Override
    protected MessageStore newStore() {
        return reopen();
    }

    @Override
    protected MessageStore reopen() {
        return JdbcMessageStore.sqlite(directory)
                .maxMessageBytes(MAX_MESSAGE_BYTES)
                .open();
    }

    @Override
    protected int maxMessageBytes() {
        return MAX_MESSAGE_BYTES;
    }
}
