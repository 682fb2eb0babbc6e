// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import io.hongyan.protocol.ReasonCode;
import org.jspecify.annotations.Nullable;

/**
 * What became of one message. An expected outcome is a value: a refused message has a receipt too.
 *
 * @param counter the second half of the message's id; 0 when the message was never taken (no room, client closed)
 * @param code {@link ReasonCode#OK} when the awaited level was reached, else why not
 * @param level how far the message is known to have come; {@code null} = the server is not known to have it
 */
public record Receipt(
        long counter, ReasonCode code, @Nullable ReceiptLevel level) {

    /** Whether the awaited level was reached. */
    public boolean succeeded() {
        return code == ReasonCode.OK;
    }
}
