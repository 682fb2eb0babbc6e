// SPDX-License-Identifier: Apache-2.0
package io.hongyan.rules;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** What an event loop is spared: waiting, policy, and the code of others. */
public final class EventLoopRules {

    /** By owner (or a type above it), the methods that wait; looking up a name is waiting for somebody's server. */
    private static final Map<String, Set<String>> WAITING = Map.ofEntries(
            Map.entry("java.lang.Thread", Set.of("sleep", "join")),
            Map.entry("java.lang.Object", Set.of("wait")),
            Map.entry("java.lang.Process", Set.of("waitFor")),
            Map.entry("java.util.concurrent.locks.Lock", Set.of("lock", "lockInterruptibly")),
            Map.entry("java.util.concurrent.locks.LockSupport", Set.of("park", "parkNanos", "parkUntil")),
            Map.entry(
                    "java.util.concurrent.locks.Condition",
                    Set.of("await", "awaitNanos", "awaitUntil", "awaitUninterruptibly")),
            Map.entry("java.util.concurrent.Future", Set.of("get")),
            Map.entry("java.util.concurrent.CompletableFuture", Set.of("get", "join")),
            Map.entry("java.util.concurrent.ForkJoinTask", Set.of("get", "join", "invoke")),
            Map.entry(
                    "io.netty.util.concurrent.Future",
                    Set.of("get", "await", "awaitUninterruptibly", "sync", "syncUninterruptibly")),
            Map.entry("java.util.concurrent.CountDownLatch", Set.of("await")),
            Map.entry("java.util.concurrent.CyclicBarrier", Set.of("await")),
            Map.entry("java.util.concurrent.Phaser", Set.of("awaitAdvance", "arriveAndAwaitAdvance")),
            Map.entry("java.util.concurrent.Exchanger", Set.of("exchange")),
            Map.entry("java.util.concurrent.Semaphore", Set.of("acquire", "acquireUninterruptibly")),
            Map.entry("java.util.concurrent.BlockingQueue", Set.of("put", "take")),
            Map.entry("java.util.concurrent.BlockingDeque", Set.of("putFirst", "putLast", "takeFirst", "takeLast")),
            Map.entry("java.util.concurrent.TransferQueue", Set.of("transfer")),
            Map.entry("java.util.concurrent.CompletionService", Set.of("take")),
            Map.entry("java.util.concurrent.ExecutorService", Set.of("awaitTermination", "invokeAll", "invokeAny")),
            Map.entry(
                    "java.net.InetAddress",
                    Set.of("getByName", "getAllByName", "getLocalHost", "getHostName", "getCanonicalHostName")),
            Map.entry("java.net.InetSocketAddress", Set.of("getHostName")));

    /** No {@code Thread.sleep}, not even in a test: wait for a condition, or move a virtual clock. */
    public static final ArchRule NOTHING_SLEEPS = noClasses()
            .should()
            .accessTargetWhere(describe(
                    "the target is Thread.sleep",
                    access -> access.getTarget().getOwner().isEquivalentTo(Thread.class)
                            && access.getTarget().getName().equals("sleep")))
            .allowEmptyShould(true);

    /** A channel handler turns bytes into frames. It knows no user, packet, route or store. */
    public static final ArchRule HANDLERS_DECIDE_NO_POLICY = noClasses()
            .that(areHandlersOrInsideOne())
            .should()
            .dependOnClassesThat(isPolicy())
            .because("policy lives in im-core, where it is the same for every transport")
            .allowEmptyShould(true);

    private EventLoopRules() {}

    /** Nothing waits, but for these methods, given as {@code Class.method}, which a user's own thread calls. */
    public static ArchRule nothingWaitsExceptIn(String... methods) {
        Set<String> exempt = Set.of(methods);
        return noClasses()
                .should()
                .accessTargetWhere(describe(
                        exempt.isEmpty() ? "the target waits" : "the target waits, outside " + List.of(methods),
                        access -> waits(access) && !exempt.contains(callerOf(access))))
                .allowEmptyShould(true);
    }

    /**
     * Methods of the listeners and interceptors, which users write, are called by one class only, the one that runs
     * them on a worker lane and survives what they throw.
     *
     * @param listeners the package of the interfaces, called {@code …Listener} or {@code …Interceptor}
     * @param invoker simple name of the one class
     */
    public static ArchRule listenersAreCalledOnlyBy(String invoker, String listeners) {
        return listenersAreNotCalled(invoker, listeners, access -> true);
    }

    /**
     * As {@link #listenersAreCalledOnlyBy}, for a module whose invoker runs tasks: others may call a listener within a
     * lambda that they hand on, and never straight.
     */
    public static ArchRule listenersAreCalledOnlyByOrForLater(String invoker, String listeners) {
        return listenersAreNotCalled(invoker, listeners, access -> !access.isDeclaredInLambda());
    }

    private static ArchRule listenersAreNotCalled(
            String invoker, String listeners, Predicate<JavaAccess<?>> isForbidden) {
        return noClasses()
                .that(describe(
                        "are not " + invoker,
                        type -> !outermost(type).getSimpleName().equals(invoker)))
                .should()
                .accessTargetWhere(describe(
                        "the target is a method of a listener in " + listeners,
                        access -> isListener(access.getTargetOwner(), listeners)
                                && !access.getOriginOwner().equals(access.getTargetOwner())
                                && isForbidden.test(access)))
                .allowEmptyShould(true);
    }

    /** A channel handler, as {@link #HANDLERS_DECIDE_NO_POLICY} sees it. */
    public static DescribedPredicate<JavaClass> areHandlersOrInsideOne() {
        DescribedPredicate<JavaClass> handler = assignableTo("io.netty.channel.ChannelHandler");
        return describe("are channel handlers, or inside one", type -> {
            JavaClass current = type;
            while (!handler.test(current) && current.getEnclosingClass().isPresent()) {
                current = current.getEnclosingClass().get();
            }
            return handler.test(current);
        });
    }

    private static boolean isListener(JavaClass type, String listeners) {
        return type.isInterface()
                && resideInAPackage(listeners).test(type)
                && (type.getSimpleName().endsWith("Listener")
                        || type.getSimpleName().endsWith("Interceptor"));
    }

    private static DescribedPredicate<JavaClass> isPolicy() {
        DescribedPredicate<JavaClass> core =
                resideInAPackage("io.hongyan.core..").and(not(resideInAPackage("io.hongyan.core.transport..")));
        DescribedPredicate<JavaClass> packets = resideInAPackage("io.hongyan.protocol.packet..")
                .and(not(assignableTo("io.hongyan.protocol.packet.PacketCodec")));
        return core.or(packets).as("are about users, packets, routes or stores");
    }

    private static boolean waits(JavaAccess<?> access) {
        AccessTarget target = access.getTarget();
        return WAITING.entrySet().stream()
                        .anyMatch(waiting -> waiting.getValue().contains(target.getName())
                                && target.getOwner().isAssignableTo(waiting.getKey()))
                || takesATimeout(target)
                || target.getFullName().equals("java.net.InetSocketAddress.<init>(java.lang.String, int)");
    }

    /** {@code queue.poll(1, SECONDS)}, {@code lock.tryLock(1, SECONDS)} and their like. */
    private static boolean takesATimeout(AccessTarget target) {
        return target instanceof AccessTarget.CodeUnitCallTarget call
                && Set.of("poll", "offer", "tryLock", "tryAcquire", "pollFirst", "pollLast")
                        .contains(call.getName())
                && call.getRawParameterTypes().stream()
                        .anyMatch(type -> type.getName().equals("java.util.concurrent.TimeUnit"));
    }

    private static String callerOf(JavaAccess<?> access) {
        return access.getOriginOwner().getSimpleName() + "."
                + access.getOrigin().getName();
    }

    private static JavaClass outermost(JavaClass type) {
        return type.getEnclosingClass().map(EventLoopRules::outermost).orElse(type);
    }
}
