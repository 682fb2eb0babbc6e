// SPDX-License-Identifier: Apache-2.0
package io.hongyan.store.jdbc;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How far devices are and the database does not know yet, one entry a device: of many positions that a device tells in a
 * short time, the last is written. Guarded by the write queue.
 */
final class PendingAdvances {
    /** Most devices. */
    static final int MOST = 65_536;

    private final Map<String, Map<String, Pending>> byUser = new LinkedHashMap<>();
    private int devices;
    private long oldestNanos;

    private static final class Pending {
        final Job.Other<Void> job;
        long position;

        Pending(String user, String device, long position) {
            this.position = position;
            this.job = new Job.Other<>(transaction -> {
                Cursors.advance(transaction, user, device, this.position);
                return null;
            });
        }
    }

    boolean isEmpty() {
        return byUser.isEmpty();
    }

    /** The job that will write this, null if there is no room. */
    Job.@Nullable Other<Void> note(String user, String device, long position, long nowNanos) {
        Map<String, Pending> known = byUser.get(user);
        Pending pending = known == null ? null : known.get(device);
        if (pending != null) {
            pending.position = Math.max(pending.position, position);
            return pending.job;
        }
        if (devices == MOST) {
            return null;
        }
        if (byUser.isEmpty()) {
            oldestNanos = nowNanos;
        }
        Pending added = new Pending(user, device, position);
        byUser.computeIfAbsent(user, id -> new LinkedHashMap<>()).put(device, added);
        devices++;
        return added.job;
    }

    boolean areOlderThan(long nanos) {
        return !byUser.isEmpty() && oldestNanos - nanos <= 0;
    }

    List<Job<?>> takeOf(String user) {
        Map<String, Pending> known = byUser.remove(user);
        return known == null ? List.of() : taken(known.values());
    }

    /** Takes out whole users until so many devices, at least, are taken. */
    List<Job<?>> take(int number) {
        List<Job<?>> taken = new ArrayList<>();
        Iterator<Map<String, Pending>> users = byUser.values().iterator();
        while (users.hasNext() && taken.size() < number) {
            taken.addAll(taken(users.next().values()));
            users.remove();
        }
        return taken;
    }

    List<Job<?>> takeAll() {
        return take(Integer.MAX_VALUE);
    }

    private List<Job<?>> taken(Collection<Pending> pending) {
        devices -= pending.size();
        List<Job<?>> jobs = new ArrayList<>();
        pending.forEach(each -> jobs.add(each.job));
        return jobs;
    }
}
