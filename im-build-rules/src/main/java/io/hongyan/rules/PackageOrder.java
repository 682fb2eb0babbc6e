// SPDX-License-Identifier: Apache-2.0
package io.hongyan.rules;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.List;
import java.util.Set;

/**
 * An order of the packages below a root package: each may depend on those to the right of it, and on no other; those
 * that share a place do not know each other. Whoever adds a package finds its place here first.
 *
 * <pre>
 *   root  →  inbound  →  routing  →  {group, offline, cluster}  →  session  →  ...
 * </pre>
 */
public final class PackageOrder {

    /** How the root package itself is written in an order. */
    public static final String ROOT = "";

    private final String rootPackage;
    private final List<Set<String>> places;

    private PackageOrder(String rootPackage, List<Set<String>> places) {
        this.rootPackage = rootPackage;
        this.places = places;
    }

    /** From left, which may depend on everything, to right, which may depend on nothing. */
    public static PackageOrder of(String rootPackage, List<Set<String>> places) {
        return new PackageOrder(rootPackage, List.copyOf(places));
    }

    /** Every class has a place, and depends only on its own package and on those to the right. */
    public ArchRule rule() {
        return classes().should(dependOnlyToTheRight());
    }

    private ArchCondition<JavaClass> dependOnlyToTheRight() {
        return new ArchCondition<>("depend only to the right in " + places) {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                if (placeOf(type) < 0) {
                    events.add(
                            SimpleConditionEvent.violated(type, type.getName() + " is in a package without a place"));
                    return;
                }
                for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                    JavaClass target = dependency.getTargetClass().getBaseComponentType();
                    if (isBelowRoot(target)
                            && !packageOf(target).equals(packageOf(type))
                            && placeOf(target) <= placeOf(type)) {
                        events.add(SimpleConditionEvent.violated(dependency, dependency.getDescription()));
                    }
                }
            }
        };
    }

    private int placeOf(JavaClass type) {
        String name = packageOf(type);
        for (int place = 0; place < places.size(); place++) {
            if (places.get(place).contains(name)) {
                return place;
            }
        }
        return -1;
    }

    /** The first package name below the root, so that {@code root.session.x} counts as {@code session}. */
    private String packageOf(JavaClass type) {
        if (type.getPackageName().equals(rootPackage)) {
            return ROOT;
        }
        String below = type.getPackageName().substring(rootPackage.length() + 1);
        int dot = below.indexOf('.');
        return dot < 0 ? below : below.substring(0, dot);
    }

    private boolean isBelowRoot(JavaClass type) {
        return (type.getPackageName() + ".").startsWith(rootPackage + ".");
    }
}
