// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.rudp;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.simnet.RandomStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeadlinesTest {
    private static final long MILLI = 1_000_000L;
    /** A slot of the finest level, rounded up. */
    private static final long GRAIN = 300_000L;

    private final Deadlines deadlines = new Deadlines();
    private final RudpEndpoint endpoint = RudpEndpoint.client(
            RudpConfig.builder().clientIdBytes(4).build(), RandomStream.of(1, "keys"), RudpTracer.NONE);
    private final List<ConnectionCore> fired = new ArrayList<>();

    private ConnectionCore connection() {
        ConnectionCore connection = endpoint.connect(0, new PeerAddress()).core();
        endpoint.deadlines().remove(connection);
        return connection;
    }

    private void advance(long nowNanos) {
        fired.clear();
        deadlines.advance(nowNanos, (connection, now) -> fired.add(connection));
    }

    @Test
    void firesOnceAndNeverEarly() {
        ConnectionCore one = connection();
        deadlines.passTo(0);
        deadlines.set(one, 10 * MILLI);
        assertThat(deadlines.nextNanos()).isBetween(10 * MILLI - GRAIN, 10 * MILLI + GRAIN);
        advance(10 * MILLI - 1);
        assertThat(fired).isEmpty();
        advance(10 * MILLI + GRAIN);
        assertThat(fired).containsExactly(one);
        advance(1_000 * MILLI);
        assertThat(fired).isEmpty();
        assertThat(deadlines.nextNanos()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void movesADeadlineEitherWay() {
        ConnectionCore one = connection();
        deadlines.passTo(0);
        deadlines.set(one, 100 * MILLI);
        deadlines.set(one, 20 * MILLI);
        advance(21 * MILLI);
        assertThat(fired).containsExactly(one);
        deadlines.set(one, 30 * MILLI);
        deadlines.set(one, 500 * MILLI);
        advance(400 * MILLI);
        assertThat(fired).isEmpty();
        advance(501 * MILLI);
        assertThat(fired).containsExactly(one);
    }

    @Test
    void forgetsWhatIsRemovedOrSetToNever() {
        ConnectionCore one = connection();
        ConnectionCore two = connection();
        deadlines.passTo(0);
        deadlines.set(one, 10 * MILLI);
        deadlines.set(two, 10 * MILLI);
        deadlines.remove(one);
        deadlines.set(two, Deadlines.NONE);
        advance(1_000 * MILLI);
        assertThat(fired).isEmpty();
        assertThat(deadlines.nextNanos()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void takesDeadlinesOfThePastAndOfYearsAhead() {
        ConnectionCore past = connection();
        ConnectionCore far = connection();
        deadlines.passTo(1_000 * MILLI);
        deadlines.set(past, 10 * MILLI);
        deadlines.set(far, 1_000_000_000L * MILLI);
        advance(1_000 * MILLI + GRAIN);
        assertThat(fired).containsExactly(past);
        advance(999_999_999L * MILLI);
        assertThat(fired).isEmpty();
        advance(1_000_000_001L * MILLI);
        assertThat(fired).containsExactly(far);
    }

    @Test
    void agreesWithAPlainList() {
        RandomStream random = RandomStream.of(9, "deadlines");
        List<ConnectionCore> all = new ArrayList<>();
        long[] due = new long[300];
        for (int i = 0; i < due.length; i++) {
            all.add(connection());
            due[i] = Long.MAX_VALUE;
        }
        // A clock may begin anywhere, below zero too.
        long now = -5_000_000_000L;
        deadlines.passTo(now);
        boolean neverTooLate = true;
        for (int step = 0; step < 20_000; step++) {
            int i = (int) random.between(0, due.length - 1);
            long ahead = (long) Math.exp(random.nextDouble() * 25);
            due[i] = now + ahead;
            deadlines.set(all.get(i), due[i]);
            long next = deadlines.nextNanos();
            for (int k = 0; k < due.length; k++) {
                neverTooLate &= due[k] == Long.MAX_VALUE || next <= due[k] + GRAIN;
            }
            now += (long) Math.exp(random.nextDouble() * 18);
            advance(now);
            for (ConnectionCore connection : fired) {
                int k = all.indexOf(connection);
                assertThat(due[k]).isLessThanOrEqualTo(now);
                due[k] = Long.MAX_VALUE;
            }
            for (int k = 0; k < due.length; k++) {
                neverTooLate &= due[k] > now - GRAIN;
            }
            assertThat(neverTooLate).isTrue();
        }
    }
}
