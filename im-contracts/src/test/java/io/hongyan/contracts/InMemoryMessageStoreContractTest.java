// SPDX-License-Identifier: Apache-2.0
package io.hongyan.contracts;

import io.hongyan.core.store.InMemoryMessageStore;
import io.hongyan.core.store.MessageStore;

/** The store in memory keeps the contract, minus survival. */
final class InMemoryMessageStoreContractTest extends MessageStoreContract {
    /** One with room for what the contract keeps. */
    static MessageStore sound() {
        return new InMemoryMessageStore(10_000, 1 << 24, 1 << 28, 10_000);
    }

    @Override
    protected MessageStore newStore() {
        return sound();
    }

    @Override
    protected MessageStore reopen() {
        return sound();
    }
}
