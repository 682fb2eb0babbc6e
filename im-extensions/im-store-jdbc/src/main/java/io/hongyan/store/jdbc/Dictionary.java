// SPDX-License-Identifier: Apache-2.0
package io.hongyan.store.jdbc;

import io.hongyan.protocol.ThreadSafe;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The numbers of names in one of the tables {@code conversation} and {@code address}. A pair never changes, so those that
 * were seen committed are remembered; when there are too many, remembering begins anew.
 */
@ThreadSafe
final class Dictionary {
    private final String table;
    private final int most;
    private final ConcurrentHashMap<String, Long> ids = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Long, String> names = new ConcurrentHashMap<>();

    /** @param most remember at most so many, at least 1 */
    Dictionary(String table, int most) {
        this.table = table;
        this.most = most;
    }

    /** The number of a name, null if it has none; not remembered, since the link may have made it itself. */
    @Nullable
    Long find(Link link, String name) throws SQLException {
        Long known = ids.get(name);
        if (known != null) {
            return known;
        }
        Map<String, Long> found = new HashMap<>();
        select(link, List.of(name), found);
        return found.get(name);
    }

    /** The number of a name that is remembered, else null. */
    @Nullable
    Long known(String name) {
        return ids.get(name);
    }

    /** The numbers of names, made for those that have none; not yet {@link #remember remembered}. */
    Map<String, Long> findOrMake(Link link, Collection<String> wanted) throws SQLException {
        Map<String, Long> found = new HashMap<>();
        Set<String> missing = new HashSet<>();
        for (String name : wanted) {
            Long known = ids.get(name);
            if (known == null) {
                missing.add(name);
            } else {
                found.put(name, known);
            }
        }
        if (missing.isEmpty()) {
            return found;
        }
        select(link, new ArrayList<>(missing), found);
        missing.removeAll(found.keySet());
        if (!missing.isEmpty()) {
            PreparedStatement insert = link.statement(link.dialect().insertNew(table, "name", "?"));
            // In one order, so that two transactions do not wait for each other.
            for (String name : missing.stream().sorted().toList()) {
                insert.setString(1, name);
                insert.addBatch();
            }
            insert.executeBatch();
            select(link, new ArrayList<>(missing), found);
        }
        return found;
    }

    /** From now on these are known, since the transaction that read or made them has committed. */
    void remember(Map<String, Long> pairs) {
        if (ids.size() + pairs.size() > most) {
            ids.clear();
            names.clear();
        }
        pairs.forEach((name, id) -> {
            ids.put(name, id);
            names.put(id, name);
        });
    }

    /** The names of numbers that are there; all were committed, since what refers to them was. */
    Map<Long, String> names(Link link, Collection<Long> wanted) throws SQLException {
        Map<Long, String> found = new HashMap<>();
        List<Long> missing = new ArrayList<>();
        for (Long id : new HashSet<>(wanted)) {
            String known = names.get(id);
            if (known == null) {
                missing.add(id);
            } else {
                found.put(id, known);
            }
        }
        for (int begin = 0; begin < missing.size(); begin += Sql.MOST) {
            List<Long> part = missing.subList(begin, Math.min(begin + Sql.MOST, missing.size()));
            int length = Sql.padded(part.size());
            PreparedStatement select =
                    link.statement("SELECT id, name FROM " + table + " WHERE id IN " + Sql.list(length));
            for (int i = 0; i < length; i++) {
                select.setLong(i + 1, part.get(Math.min(i, part.size() - 1)));
            }
            Map<String, Long> pairs = new HashMap<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    found.put(row.getLong(1), row.getString(2));
                    pairs.put(row.getString(2), row.getLong(1));
                }
            }
            remember(pairs);
        }
        return found;
    }

    private void select(Link link, List<String> wanted, Map<String, Long> found) throws SQLException {
        for (int begin = 0; begin < wanted.size(); begin += Sql.MOST) {
            List<String> part = wanted.subList(begin, Math.min(begin + Sql.MOST, wanted.size()));
            int length = Sql.padded(part.size());
            PreparedStatement select =
                    link.statement("SELECT name, id FROM " + table + " WHERE name IN " + Sql.list(length));
            for (int i = 0; i < length; i++) {
                select.setString(i + 1, part.get(Math.min(i, part.size() - 1)));
            }
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    found.put(row.getString(1), row.getLong(2));
                }
            }
        }
    }
}
