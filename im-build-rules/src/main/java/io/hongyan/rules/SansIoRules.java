// SPDX-License-Identifier: Apache-2.0
package io.hongyan.rules;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What a protocol engine never does, so that the same bytes, times and random numbers always give the same run. All of
 * it counts as a method reference too: {@code System::nanoTime} reads the clock.
 */
public final class SansIoRules {

    private static final Set<String> ADDRESSES = Set.of(
            "java.net.InetAddress",
            "java.net.Inet4Address",
            "java.net.Inet6Address",
            "java.net.InetSocketAddress",
            "java.net.SocketAddress",
            "java.net.UnknownHostException");

    /** Time comes in as {@code nowNanos}. */
    public static final ArchRule READS_NO_CLOCK = noClasses()
            .should()
            .accessTargetWhere(target("a clock of System", Set.of("java.lang.System"), "nanoTime", "currentTimeMillis"))
            .orShould()
            .dependOnClassesThat(describe(
                    "keep or tell time",
                    type -> type.getPackageName().startsWith("java.time")
                                    && !type.isEquivalentTo(java.time.Duration.class)
                            || named(type, "java.util.Date", "java.util.Calendar", "java.util.Timer")));

    /** One thread at a time, and the engine does not know which: no thread, executor, atomic or lock. */
    public static final ArchRule KNOWS_NO_THREAD = noClasses()
            .should()
            .dependOnClassesThat(describe(
                    "are about threads",
                    type -> type.getPackageName().startsWith("java.util.concurrent")
                                    && !named(type, "java.util.concurrent.TimeUnit")
                            || named(type, "java.lang.Thread", "java.lang.ThreadLocal", "java.util.TimerTask")));

    /** No method is synchronized. */
    public static final ArchRule TAKES_NO_LOCK =
            noMethods().should().haveModifier(JavaModifier.SYNCHRONIZED).allowEmptyShould(true);

    /** What happens is told through events and a tracer. */
    public static final ArchRule WRITES_NO_LOG = noClasses()
            .should()
            .dependOnClassesThat(describe(
                    "log",
                    type -> type.getPackageName().startsWith("org.slf4j")
                            || type.getPackageName().startsWith("java.util.logging")
                            || type.getName().startsWith("java.lang.System$Logger")))
            .orShould()
            .accessTargetWhere(target("a stream of System", Set.of("java.lang.System"), "out", "err"))
            .orShould()
            .accessTargetWhere(describe(
                    "the target is printStackTrace",
                    access -> access.getTarget().getName().equals("printStackTrace")));

    /** Randomness is a {@code RandomGenerator} that came in; making one, or asking the JDK for a number, is not. */
    public static final ArchRule MAKES_NO_RANDOMNESS = noClasses()
            .should()
            .dependOnClassesThat(describe(
                    "make randomness",
                    type -> named(
                            type,
                            "java.util.Random",
                            "java.util.SplittableRandom",
                            "java.util.concurrent.ThreadLocalRandom",
                            "java.security.SecureRandom",
                            "java.util.random.RandomGeneratorFactory")))
            .orShould()
            .accessTargetWhere(target(
                    "a source of randomness",
                    Set.of(
                            "java.lang.Math",
                            "java.lang.StrictMath",
                            "java.util.UUID",
                            "java.util.random.RandomGenerator"),
                    "random",
                    "randomUUID",
                    "of",
                    "getDefault"))
            .orShould()
            .accessTargetWhere(
                    target("what differs from run to run", Set.of("java.lang.System"), "identityHashCode", "getenv"))
            .orShould()
            .accessTargetWhere(describe(
                    "the target is a shuffle of its own",
                    access ->
                            access.getTarget().getFullName().equals("java.util.Collections.shuffle(java.util.List)")));

    /** No socket, channel, file or look-up of a name; an address is a value and welcome. */
    public static final ArchRule DOES_NO_IO = noClasses()
            .should()
            .dependOnClassesThat(describe(
                    "do input or output",
                    type -> type.getPackageName().equals("java.net") && !ADDRESSES.contains(type.getName())
                            || Stream.of("java.nio.channels", "java.nio.file", "javax.net")
                                    .anyMatch(type.getPackageName()::startsWith)))
            .orShould()
            .accessTargetWhere(target(
                    "a look-up of a name",
                    Set.of("java.net.InetAddress"),
                    "getByName",
                    "getAllByName",
                    "getLocalHost",
                    "getHostName",
                    "getCanonicalHostName"))
            .orShould()
            .accessTargetWhere(describe(
                    "the target looks up a name",
                    access -> access.getTarget()
                            .getFullName()
                            .equals("java.net.InetSocketAddress.<init>(java.lang.String, int)")));

    private SansIoRules() {}

    private static boolean named(JavaClass type, String... names) {
        return Set.of(names).contains(type.getName());
    }

    private static DescribedPredicate<JavaAccess<?>> target(String description, Set<String> owners, String... members) {
        Set<String> names = Set.of(members);
        return describe("the target is " + description, access -> {
            AccessTarget target = access.getTarget();
            return owners.contains(target.getOwner().getName()) && names.contains(target.getName());
        });
    }
}
