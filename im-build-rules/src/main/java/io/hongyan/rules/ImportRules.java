// SPDX-License-Identifier: Apache-2.0
package io.hongyan.rules;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The arrows between modules and packages, as far as Maven's own do not hold them. */
public final class ImportRules {

    /** No socket of the JDK; a socket address is a value and welcome. */
    public static final ArchRule NEVER_USES_SOCKETS = noClasses()
            .should()
            .dependOnClassesThat()
            .haveNameMatching("java\\.net\\.(Server|Datagram|Multicast)?Socket(?!Address).*");

    /** No two packages of a module depend on each other, not even by way of others. */
    public static final ArchRule PACKAGES_FORM_NO_CYCLE =
            slices().matching("io.hongyan.(**)").should().beFreeOfCycles().allowEmptyShould(true);

    private ImportRules() {}

    /** Nothing but the JDK, JSpecify and the given packages. */
    public static ArchRule importsOnlyTheJdkAnd(String... packages) {
        String[] all = Stream.concat(
                        Stream.of(
                                "java..",
                                "javax.crypto..",
                                "javax.management..",
                                "javax.net..",
                                "javax.security..",
                                "org.jspecify.."),
                        Stream.of(packages))
                .toArray(String[]::new);
        return classes()
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(all).or(anArrayOfPrimitives()));
    }

    /** None of the given packages. */
    public static ArchRule neverImports(String... packages) {
        return noClasses().should().dependOnClassesThat().resideInAnyPackage(packages);
    }

    /** No type of the given packages where a user of the module can see it: public and protected members, parents. */
    public static ArchRule neverExposes(String... packages) {
        return classes().should(exposeNoneOf(packages));
    }

    private static DescribedPredicate<JavaClass> anArrayOfPrimitives() {
        return describe(
                "primitive, or an array of primitives",
                type -> type.getBaseComponentType().isPrimitive());
    }

    private static ArchCondition<JavaClass> exposeNoneOf(String... packages) {
        return new ArchCondition<>("expose no type of " + String.join(", ", packages)) {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                if (!isVisible(type)) {
                    return;
                }
                Stream.concat(type.getSuperclass().stream(), type.getInterfaces().stream())
                        .forEach(parent -> inspect(type, type.getName() + " extends", parent, events));
                type.getTypeParameters()
                        .forEach(parameter -> inspect(type, type.getName() + " is generic in", parameter, events));
                type.getFields().stream()
                        .filter(ImportRules::isVisible)
                        .forEach(field -> inspect(type, field.getFullName() + " is", field.getType(), events));
                type.getCodeUnits().stream().filter(ImportRules::isVisible).forEach(unit -> {
                    inspect(type, unit.getFullName() + " returns", unit.getReturnType(), events);
                    unit.getParameterTypes()
                            .forEach(taken -> inspect(type, unit.getFullName() + " takes", taken, events));
                    unit.getTypeParameters()
                            .forEach(own -> inspect(type, unit.getFullName() + " is generic in", own, events));
                    unit.getExceptionTypes()
                            .forEach(thrown -> inspect(type, unit.getFullName() + " throws", thrown, events));
                });
            }

            private void inspect(JavaClass owner, String where, JavaType exposed, ConditionEvents events) {
                Set<JavaClass> involved = exposed.getAllInvolvedRawTypes();
                involved.stream()
                        .map(JavaClass::getBaseComponentType)
                        .filter(resideInAnyPackage(packages))
                        .forEach(foreign ->
                                events.add(SimpleConditionEvent.violated(owner, where + " " + foreign.getName())));
            }
        };
    }

    private static boolean isVisible(JavaClass type) {
        boolean visible = type.getModifiers().contains(JavaModifier.PUBLIC)
                || type.getModifiers().contains(JavaModifier.PROTECTED);
        Optional<JavaClass> enclosing = type.getEnclosingClass();
        return visible && (enclosing.isEmpty() || isVisible(enclosing.get()));
    }

    private static boolean isVisible(JavaMember member) {
        return member.getModifiers().contains(JavaModifier.PUBLIC)
                || member.getModifiers().contains(JavaModifier.PROTECTED);
    }
}
