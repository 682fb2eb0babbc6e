// SPDX-License-Identifier: Apache-2.0
package io.hongyan.store.jdbc;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes batches to a database, and opens its link again after it broke. */
final class SqlBatchWriter implements BatchWriter {
    private static final Logger LOG = LoggerFactory.getLogger(SqlBatchWriter.class);

    private final Database database;
    private final Dictionary conversations;
    private final Dictionary addresses;
    private final LastGiven lastGiven;
    private volatile @Nullable Link link;

    SqlBatchWriter(Database database, Dictionary conversations, Dictionary addresses) {
        this.database = database;
        this.conversations = conversations;
        this.addresses = addresses;
        this.lastGiven = new LastGiven(database.isExclusive());
    }

    @Override
    public void write(List<? extends Job<?>> jobs) throws WriteFailure {
        boolean certain = true;
        try {
            Link open = open();
            Transaction transaction = new Transaction(open, conversations, addresses, lastGiven);
            List<Job.Append> appends = new ArrayList<>(jobs.size());
            for (Job<?> job : jobs) {
                if (job instanceof Job.Append append) {
                    appends.add(append);
                } else if (job instanceof Job.Other<?> other) {
                    other.run(transaction);
                }
            }
            AppendBatch.write(transaction, appends);
            certain = false;
            transaction.commit();
        } catch (SQLException failure) {
            Dialect.Trouble trouble = database.dialect().troubleOf(failure);
            throw new WriteFailure(undone(trouble), certain, failure);
        } catch (RuntimeException failure) {
            throw new WriteFailure(undone(Dialect.Trouble.OF_A_ROW), certain, failure);
        }
    }

    @Override
    public void abort() {
        Link open = link;
        if (open != null) {
            try {
                open.abort();
            } catch (SQLException failure) {
                LOG.debug("event=store-abort-failed", failure);
            }
        }
    }

    @Override
    public void close() {
        Link open = link;
        link = null;
        if (open != null) {
            try {
                open.close();
            } catch (SQLException failure) {
                LOG.debug("event=store-close-failed", failure);
            }
        }
    }

    private Link open() throws SQLException {
        Link open = link;
        if (open == null) {
            open = database.openWriter();
            link = open;
        }
        return open;
    }

    /** Takes back what the transaction did. A link that cannot do so, or has met trouble of the database, is closed. */
    private Dialect.Trouble undone(Dialect.Trouble trouble) {
        lastGiven.forget();
        Link open = link;
        if (open != null) {
            try {
                open.rollback();
            } catch (SQLException broken) {
                close();
                return Dialect.Trouble.OF_THE_DATABASE;
            }
        }
        if (trouble == Dialect.Trouble.OF_THE_DATABASE) {
            close();
        }
        return trouble;
    }
}
