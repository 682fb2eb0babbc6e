// SPDX-License-Identifier: Apache-2.0
package io.hongyan.store.jdbc;

import java.sql.SQLException;

/** What the databases say differently. */
enum Dialect {
    SQLITE("sqlite") {
        @Override
        String insertNew(String table, String columns, String values) {
            return "INSERT INTO " + table + " (" + columns + ") VALUES (" + values + ") ON CONFLICT DO NOTHING";
        }

        @Override
        String tuples(int count, String tuple) {
            return "(VALUES " + Sql.repeat(count, tuple) + ")";
        }

        @Override
        String locked(String select) {
            return select;
        }

        @Override
        Trouble troubleOf(SQLException failure) {
            // SQLITE_TOOBIG, SQLITE_CONSTRAINT, SQLITE_MISMATCH, SQLITE_RANGE
            return switch (failure.getErrorCode() & 0xFF) {
                case 18, 19, 20, 25 -> Trouble.OF_A_ROW;
                default -> Trouble.OF_THE_DATABASE;
            };
        }
    },
    POSTGRESQL("postgresql") {
        @Override
        String insertNew(String table, String columns, String values) {
            return SQLITE.insertNew(table, columns, values);
        }

        @Override
        Trouble troubleOf(SQLException failure) {
            String state = failure.getSQLState();
            if (state == null) {
                return Trouble.OF_THE_DATABASE;
            }
            return switch (state.substring(0, 2)) {
                case "22", "23" -> Trouble.OF_A_ROW;
                case "40" -> Trouble.OF_A_RACE;
                default -> state.equals("55P03") ? Trouble.OF_A_RACE : Trouble.OF_THE_DATABASE;
            };
        }
    },
    MARIADB("mariadb") {
        @Override
        String insertNew(String table, String columns, String values) {
            return "INSERT IGNORE INTO " + table + " (" + columns + ") VALUES (" + values + ")";
        }

        @Override
        String raiseReadMark() {
            return "INSERT INTO read_mark (owner, conversation, sequence) VALUES (?, ?, ?) "
                    + "ON DUPLICATE KEY UPDATE sequence = GREATEST(sequence, VALUES(sequence))";
        }

        @Override
        Trouble troubleOf(SQLException failure) {
            String state = failure.getSQLState();
            if (failure.getErrorCode() == 1205) {
                return Trouble.OF_A_RACE;
            }
            if (state == null) {
                return Trouble.OF_THE_DATABASE;
            }
            return switch (state.substring(0, 2)) {
                case "22", "23" -> Trouble.OF_A_ROW;
                case "40" -> Trouble.OF_A_RACE;
                default -> Trouble.OF_THE_DATABASE;
            };
        }
    };

    /** What to do about a failure. */
    enum Trouble {
        /** One row cannot be kept, the others can. */
        OF_A_ROW,
        /** Another transaction was in the way: once more. */
        OF_A_RACE,
        /** Nothing can be kept now: gone, full, locked. */
        OF_THE_DATABASE
    }

    private final String name;

    Dialect(String name) {
        this.name = name;
    }

    /** Of a JDBC address of a server. */
    static Dialect of(String url) {
        if (url.startsWith("jdbc:postgresql:")) {
            return POSTGRESQL;
        }
        if (url.startsWith("jdbc:mariadb:") || url.startsWith("jdbc:mysql:")) {
            return MARIADB;
        }
        throw new IllegalArgumentException(
                "neither jdbc:postgresql:, jdbc:mariadb: nor jdbc:mysql: begins the address of the database");
    }

    /** The folder of its schema. */
    String schema() {
        return "io/hongyan/store/jdbc/" + name;
    }

    /** Inserts a row unless its key is there. */
    abstract String insertNew(String table, String columns, String values);

    /** A list of tuples to stand right of IN. */
    String tuples(int count, String tuple) {
        return "(" + Sql.repeat(count, tuple) + ")";
    }

    /** A select that keeps others from changing the rows until the transaction ends. */
    String locked(String select) {
        return select + " FOR UPDATE";
    }

    /** Sets a read mark (owner, conversation, sequence) unless it is as high. */
    String raiseReadMark() {
        return "INSERT INTO read_mark (owner, conversation, sequence) VALUES (?, ?, ?) "
                + "ON CONFLICT (owner, conversation) DO UPDATE SET sequence = excluded.sequence "
                + "WHERE read_mark.sequence < excluded.sequence";
    }

    /** What a failure is about. */
    abstract Trouble troubleOf(SQLException failure);
}
