// SPDX-License-Identifier: Apache-2.0
package io.hongyan.rules;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaModifier.SYNTHETIC;
import static com.tngtech.archunit.core.domain.properties.HasModifiers.Predicates.modifier;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaStaticInitializer;
import com.tngtech.archunit.lang.ArchRule;
import java.nio.Buffer;
import java.util.BitSet;
import java.util.Collection;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Lock;
import java.util.stream.Stream;

/** State belongs to an instance that somebody made and somebody ends; many servers live in one JVM. */
public final class StateRules {

    /** Every static field is final. */
    public static final ArchRule NO_STATIC_FIELD_CHANGES = fields().that()
            .areStatic()
            .and(not(modifier(SYNTHETIC)))
            .should()
            .beFinal()
            .because("servers in one JVM must not see each other")
            .allowEmptyShould(true);

    /** No static field, final or not, of a type whose very purpose is to change. */
    public static final ArchRule NO_STATIC_FIELD_HOLDS_A_MUTABLE_THING = noFields()
            .that()
            .areStatic()
            .should()
            .haveRawType(mutableByPurpose())
            .because("a final reference to something that changes is shared state all the same")
            .allowEmptyShould(true);

    /** No static field gets such a thing under another name, as a {@code Map} that is a {@code new HashMap}. */
    public static final ArchRule NO_STATIC_INITIALIZER_MAKES_A_MUTABLE_THING = noClasses()
            .should()
            .callConstructorWhere(describe(
                    "a static initializer makes something that is there to change",
                    call -> call.getOrigin() instanceof JavaStaticInitializer
                            && !call.isDeclaredInLambda()
                            && mutableByPurpose().test(call.getTargetOwner())))
            .because("what a static field keeps is shared state, whatever the field's type says")
            .allowEmptyShould(true);

    /** Fields of enum constants are final: a constant is as static as a static field. */
    public static final ArchRule NO_ENUM_CONSTANT_CHANGES = fields().that()
            .areDeclaredInClassesThat()
            .areEnums()
            .should()
            .beFinal()
            .because("an enum constant is shared by the whole JVM")
            .allowEmptyShould(true);

    /** No {@code getInstance}, under this or its usual other names. */
    public static final ArchRule NO_SINGLETONS = noMethods()
            .should()
            .haveNameMatching("getInstance|getDefaultInstance|getSingleton|sharedInstance")
            .because("whoever needs an object is given it")
            .allowEmptyShould(true);

    private StateRules() {}

    private static DescribedPredicate<JavaClass> mutableByPurpose() {
        return describe(
                "a type that is there to change",
                type -> type.getPackageName().equals("java.util.concurrent.atomic")
                                && !type.getSimpleName().endsWith("FieldUpdater")
                        || type.getPackageName().equals("java.util")
                                && !type.isInterface()
                                && Stream.of(Collection.class, Map.class, BitSet.class, Random.class)
                                        .anyMatch(type::isAssignableTo)
                        || Stream.of(
                                        ConcurrentMap.class,
                                        Queue.class,
                                        Executor.class,
                                        Lock.class,
                                        Thread.class,
                                        ThreadLocal.class,
                                        StringBuilder.class,
                                        Buffer.class)
                                .anyMatch(type::isAssignableTo));
    }
}
