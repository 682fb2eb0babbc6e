// SPDX-License-Identifier: Apache-2.0
package io.hongyan.store.jdbc;

import org.jspecify.annotations.Nullable;

/** The database did not do in time what it was asked for, or is gone; whether it happened is not known. */
public final class StoreUnavailableException extends RuntimeException {
    /** @param cause what the database said, if it said anything */
    public StoreUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
