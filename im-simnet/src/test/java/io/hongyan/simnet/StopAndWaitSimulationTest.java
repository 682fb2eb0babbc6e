// SPDX-License-Identifier: Apache-2.0
package io.hongyan.simnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

/** The parts together: a toy protocol over random networks, right and with planted bugs, each of which is found. */
class StopAndWaitSimulationTest {

    private static final long MILLI = 1_000_000;
    private static final int MESSAGES = 30;

    /** What the toy protocol may be made to forget. */
    private enum Bug {
        NO_RETRANSMISSION,
        NO_DUPLICATE_CHECK,
        NO_CHECKSUM,
        NO_WAITING
    }

    @Test
    void correctProtocolDeliversEverythingOnceAndInOrderOnEveryNetwork() {
        Seeds.forEach(StopAndWaitSimulationTest.class, "im-simnet", 1, 200, seed -> {
            Simulation simulation = new Simulation(seed, EnumSet.noneOf(Bug.class));
            assertThat(simulation.run()).as("went idle within the bound").isTrue();
            simulation.checker.checkEverySent().requireClean();
        });
    }

    @Test
    void sameSeedTakesTheSameCourse() {
        for (long seed = 1; seed < 20; seed++) {
            Simulation first = new Simulation(seed, EnumSet.noneOf(Bug.class));
            Simulation second = new Simulation(seed, EnumSet.noneOf(Bug.class));
            first.run();
            second.run();
            assertThat(second.network.traceHash()).isEqualTo(first.network.traceHash());
        }
    }

    @Test
    void forgottenRetransmissionIsFoundAsMissing() {
        assertFound(Bug.NO_RETRANSMISSION, DeliveryViolation.MISSING);
    }

    @Test
    void forgottenDuplicateCheckIsFoundAsDoubled() {
        assertFound(Bug.NO_DUPLICATE_CHECK, DeliveryViolation.DOUBLED);
    }

    @Test
    void forgottenChecksumIsFoundAsPhantom() {
        assertFound(Bug.NO_CHECKSUM, DeliveryViolation.PHANTOM);
    }

    @Test
    void forgottenWaitingIsFoundAsOutOfOrder() {
        assertFound(Bug.NO_WAITING, DeliveryViolation.OUT_OF_ORDER);
    }

    private static void assertFound(Bug bug, DeliveryViolation violation) {
        assertThatThrownBy(() ->
                        Seeds.forEach(StopAndWaitSimulationTest.class, "im-simnet", 1, 200, name -> null, seed -> {
                            Simulation simulation = new Simulation(seed, EnumSet.of(bug));
                            simulation.run();
                            DeliveryReport report = simulation.checker.checkEverySent();
                            if (report.count(violation) > 0) {
                                report.requireClean();
                            }
                        }))
                .isInstanceOf(SeedFailure.class)
                .hasMessageContaining("-Dhongyan.seed=")
                .hasMessageContaining(violation.name());
    }

    /** Alice sends numbered messages to bob, one at a time, again and again until each is acknowledged. */
    private static final class Simulation {
        private final VirtualClock clock = new VirtualClock();
        private final DeliveryChecker checker = new DeliveryChecker();
        private final Set<Bug> bugs;
        private final SimulatedNetwork network;
        private final SimNode alice;
        private final SimNode bob;
        private final Set<Long> acknowledged = new HashSet<>();
        private final Set<Long> seen = new HashSet<>();

        Simulation(long seed, Set<Bug> bugs) {
            this.bugs = bugs;
            network = new SimulatedNetwork(clock, seed);
            alice = network.attach("alice", SimAddress.ipv4("10.0.0.1", 4000), this::aliceReceives);
            bob = network.attach("bob", SimAddress.ipv4("10.0.1.1", 7901), this::bobReceives);
            FaultPlan.random(seed).applyTo(network, alice, bob);
        }

        boolean run() {
            if (bugs.contains(Bug.NO_WAITING)) {
                for (long id = 1; id <= MESSAGES; id++) {
                    begin(id);
                }
            } else {
                begin(1);
            }
            return clock.runUntilIdle(600_000 * MILLI);
        }

        private void begin(long id) {
            checker.sent("alice", "bob", "chat", id);
            transmit(id);
        }

        private void transmit(long id) {
            if (acknowledged.contains(id)) {
                return;
            }
            alice.send(bob.address(), encode(id));
            if (!bugs.contains(Bug.NO_RETRANSMISSION)) {
                clock.scheduleAfter(100 * MILLI, () -> transmit(id));
            }
        }

        private void bobReceives(SimAddress from, SimAddress to, ByteBuffer datagram) {
            long id = datagram.getLong();
            if (!bugs.contains(Bug.NO_CHECKSUM) && datagram.getLong() != checksum(id)) {
                return;
            }
            if (seen.add(id) || bugs.contains(Bug.NO_DUPLICATE_CHECK)) {
                checker.received("alice", "bob", "chat", id);
            }
            bob.send(from, encode(id));
        }

        private void aliceReceives(SimAddress from, SimAddress to, ByteBuffer datagram) {
            long id = datagram.getLong();
            if (datagram.getLong() == checksum(id) && acknowledged.add(id) && id < MESSAGES) {
                if (!bugs.contains(Bug.NO_WAITING)) {
                    begin(id + 1);
                }
            }
        }

        private static ByteBuffer encode(long id) {
            return ByteBuffer.allocate(16).putLong(id).putLong(checksum(id)).flip();
        }

        private static long checksum(long id) {
            CRC32 crc = new CRC32();
            crc.update(ByteBuffer.allocate(8).putLong(0, id));
            return crc.getValue();
        }
    }
}
