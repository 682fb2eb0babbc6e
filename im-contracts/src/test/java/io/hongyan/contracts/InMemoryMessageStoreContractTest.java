// SPDX-License-Identifier: Apache-2.0
package io.hongyan.contracts;

import io.hongyan.core.offline.InMemoryMessageStore;
import io.hongyan.core.offline.MessageStore;

/** Here and not in im-core, which this module is built on. */
final class InMemoryMessageStoreContractTest extends MessageStoreContract {
    @Override
    protected MessageStore newStore() {
        return new InMemoryMessageStore();
    }
}
