// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import io.hongyan.protocol.Confined;
import io.hongyan.protocol.ReasonCode;
import java.util.concurrent.CompletableFuture;

/** Who passes on what became of the messages of an {@link Outbox}. */
@Confined("owner")
interface ReceiptSink {

    /** As {@link ReceiptListener#reached}. */
    void reached(ReceiptLevel level, long firstCounter, long lastCounter);

    /** As {@link ReceiptListener#failed}. */
    void failed(ReasonCode code, long firstCounter, long lastCounter);

    /** Somebody waited for this. */
    void complete(CompletableFuture<Receipt> future, Receipt receipt);

    /** A sender found the window full before, and now it is half empty. */
    void writable();
}
