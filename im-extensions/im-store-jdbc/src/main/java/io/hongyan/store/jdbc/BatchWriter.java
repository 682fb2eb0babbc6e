// SPDX-License-Identifier: Apache-2.0
package io.hongyan.store.jdbc;

import java.util.List;

/** Writes batches, one after the other, on the writer's thread. */
interface BatchWriter {
    /** Does all of the jobs in one transaction, the messages last and in this order, and tells each how it ended; or does none of them. */
    void write(List<? extends Job<?>> jobs) throws WriteFailure;

    /** Ends what another thread waits for the database with. */
    void abort();

    /** Gives back what it holds. */
    void close();
}
