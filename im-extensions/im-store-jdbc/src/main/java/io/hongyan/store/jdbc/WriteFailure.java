// SPDX-License-Identifier: Apache-2.0
package io.hongyan.store.jdbc;

/** Why a batch was not written. */
final class WriteFailure extends Exception {
    private final Dialect.Trouble trouble;
    private final boolean certain;

    /** @param certain that none of it happened, since the commit was not asked for yet */
    WriteFailure(Dialect.Trouble trouble, boolean certain, Exception cause) {
        super(cause);
        this.trouble = trouble;
        this.certain = certain;
    }

    Dialect.Trouble trouble() {
        return trouble;
    }

    boolean certain() {
        return certain;
    }
}
