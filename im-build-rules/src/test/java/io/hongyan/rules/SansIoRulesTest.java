// SPDX-License-Identifier: Apache-2.0
package io.hongyan.rules;

import static io.hongyan.rules.Planted.assertCaught;
import static io.hongyan.rules.Planted.assertPasses;

import com.tngtech.archunit.lang.ArchRule;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;

@Tag("once")
final class SansIoRulesTest {

    @ParameterizedTest
    @ValueSource(
            classes = {
                AsksForNanos.class,
                AsksForNanosInALambda.class,
                RefersToMillis.class,
                HoldsAClock.class,
                AsksForNow.class
            })
    void clockIsCaught(Class<?> culprit) {
        assertCaught(SansIoRules.READS_NO_CLOCK, culprit);
    }

    @ParameterizedTest
    @ValueSource(classes = {StartsAThread.class, CountsAtomically.class, AsksWhichThread.class})
    void threadIsCaught(Class<?> culprit) {
        assertCaught(SansIoRules.KNOWS_NO_THREAD, culprit);
    }

    @ParameterizedTest
    @ValueSource(classes = Synchronized.class)
    void lockIsCaught(Class<?> culprit) {
        assertCaught(SansIoRules.TAKES_NO_LOCK, culprit);
    }

    @ParameterizedTest
    @ValueSource(classes = {HoldsALogger.class, UsesTheSystemLogger.class, PrintsToOut.class, PrintsAStackTrace.class})
    void logIsCaught(Class<?> culprit) {
        assertCaught(SansIoRules.WRITES_NO_LOG, culprit);
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                RollsMath.class,
                RefersToRandomUuid.class,
                PicksAGenerator.class,
                AsksTheThread.class,
                ShufflesAlone.class,
                TellsObjectsApart.class
            })
    void randomnessIsCaught(Class<?> culprit) {
        assertCaught(SansIoRules.MAKES_NO_RANDOMNESS, culprit);
    }

    @ParameterizedTest
    @ValueSource(classes = {HoldsASocket.class, LooksUpAName.class, LooksUpANameOnTheQuiet.class})
    void socketIsCaught(Class<?> culprit) {
        assertCaught(SansIoRules.DOES_NO_IO, culprit);
    }

    @ParameterizedTest
    @MethodSource("allRules")
    void engineThatIsGivenTimeAndRandomnessPasses(ArchRule rule) {
        assertPasses(rule, IsGivenAll.class);
    }

    static List<ArchRule> allRules() {
        return List.of(
                SansIoRules.READS_NO_CLOCK,
                SansIoRules.KNOWS_NO_THREAD,
                SansIoRules.TAKES_NO_LOCK,
                SansIoRules.WRITES_NO_LOG,
                SansIoRules.MAKES_NO_RANDOMNESS,
                SansIoRules.DOES_NO_IO);
    }

    static final class AsksForNanos {
        long age(long since) {
            return System.nanoTime() - since;
        }
    }

    static final class AsksForNanosInALambda {
        final Runnable later = () -> age(System.nanoTime());

        void age(long now) {}
    }

    static final class RefersToMillis {
        final LongSupplier now = System::currentTimeMillis;
    }

    static final class HoldsAClock {
        @Nullable
        Clock clock;
    }

    static final class AsksForNow {
        String stamp() {
            return Instant.now().toString();
        }
    }

    static final class StartsAThread {
        void start(Runnable task) {
            new Thread(task).start();
        }
    }

    static final class AsksWhichThread {
        String name() {
            return Thread.currentThread().getName();
        }
    }

    static final class CountsAtomically {
        final AtomicInteger count = new AtomicInteger();
    }

    static final class Synchronized {
        synchronized void step() {}
    }

    static final class HoldsALogger {
        @Nullable
        Logger log;
    }

    static final class UsesTheSystemLogger {
        void tell() {
            System.getLogger("x").log(System.Logger.Level.INFO, "x");
        }
    }

    static final class PrintsToOut {
        void tell() {
            System.out.println("x");
        }
    }

    static final class PrintsAStackTrace {
        void tell(Exception e) {
            e.printStackTrace();
        }
    }

    static final class RollsMath {
        double roll() {
            return Math.random();
        }
    }

    static final class RefersToRandomUuid {
        final java.util.function.Supplier<UUID> ids = UUID::randomUUID;
    }

    static final class PicksAGenerator {
        final RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
    }

    static final class AsksTheThread {
        int roll() {
            return ThreadLocalRandom.current().nextInt();
        }
    }

    static final class ShufflesAlone {
        void mix(List<String> list) {
            Collections.shuffle(list);
        }
    }

    static final class TellsObjectsApart {
        int key(Object o) {
            return System.identityHashCode(o);
        }
    }

    static final class HoldsASocket {
        @Nullable
        DatagramSocket socket;
    }

    static final class LooksUpAName {
        InetAddress find(String name) throws UnknownHostException {
            return InetAddress.getByName(name);
        }
    }

    static final class LooksUpANameOnTheQuiet {
        InetSocketAddress find(String name) {
            return new InetSocketAddress(name, 1);
        }
    }

    /** All that an engine needs, and nothing that the rules forbid. */
    static final class IsGivenAll {
        private final RandomGenerator random;
        private final ByteBuffer out = ByteBuffer.allocate(1200);
        private final long timeoutNanos =
                TimeUnit.MILLISECONDS.toNanos(5) + Duration.ofMillis(1).toNanos();
        private long deadlineNanos;

        @Nullable
        InetSocketAddress peer;

        IsGivenAll(RandomGenerator random) {
            this.random = random;
        }

        void onInput(long nowNanos, ByteBuffer datagram) {
            peer = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
            deadlineNanos = nowNanos + timeoutNanos + random.nextInt(10);
            out.clear().put(datagram);
            assert deadlineNanos - nowNanos > 0 : String.valueOf(Math.max(1, 2));
        }
    }
}
