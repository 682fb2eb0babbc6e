// SPDX-License-Identifier: Apache-2.0
package io.hongyan.store.jdbc;

import io.hongyan.core.store.Appended;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** A database that exists in the test's mind: it takes a batch when the test lets it. */
final class FakeWriter implements BatchWriter {
    /** What the database says to a batch. */
    interface Answer {
        /** Null when it takes the batch. */
        @Nullable
        WriteFailure to(List<? extends Job<?>> jobs);
    }

    final List<Integer> batches = Collections.synchronizedList(new ArrayList<>());
    final Semaphore permits = new Semaphore(0);
    final Semaphore arrived = new Semaphore(0);
    volatile Answer answer = jobs -> null;
    volatile boolean aborted;
    private long sequence;

    @Override
    public void write(List<? extends Job<?>> jobs) throws WriteFailure {
        batches.add(jobs.size());
        arrived.release();
        try {
            permits.acquire();
        } catch (InterruptedException aborted) {
            throw new WriteFailure(Dialect.Trouble.OF_THE_DATABASE, false, aborted);
        }
        WriteFailure failure = answer.to(jobs);
        if (failure != null) {
            throw failure;
        }
        for (Job<?> job : jobs) {
            if (job instanceof Job.Append append) {
                append.endedWith(Appended.at(++sequence, 1));
            }
        }
    }

    @Override
    public void abort() {
        aborted = true;
    }

    @Override
    public void close() {}
}
