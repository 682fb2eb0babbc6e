// SPDX-License-Identifier: Apache-2.0
package io.hongyan.store.jdbc;

import java.sql.PreparedStatement;
import java.sql.SQLException;

/** Up to where users have read conversations. */
final class ReadMarks {
    private ReadMarks() {}

    /** Raises a mark, unless it is as high, or the conversation has no message yet. */
    static void raise(Transaction transaction, String user, String conversation, long sequence) throws SQLException {
        Long id = transaction.conversation(conversation);
        if (id == null) {
            return;
        }
        Link link = transaction.link();
        PreparedStatement raise = link.statement(link.dialect().raiseReadMark());
        raise.setLong(1, transaction.makeAddress(user));
        raise.setLong(2, id);
        raise.setLong(3, sequence);
        raise.executeUpdate();
    }
}
