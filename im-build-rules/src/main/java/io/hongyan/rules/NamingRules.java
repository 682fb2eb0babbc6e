// SPDX-License-Identifier: Apache-2.0
package io.hongyan.rules;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Arrays;
import java.util.Set;
import java.util.regex.Pattern;

/** Names that say where code was put instead of what it is. */
public final class NamingRules {

    private static final Pattern EMPTY_WORD = Pattern.compile("(Utils?|Helpers?|Commons?|Impl)(?![a-z])");
    private static final Set<String> EMPTY_PACKAGES =
            Set.of("util", "utils", "helper", "helpers", "common", "commons", "impl", "misc");

    /** Neither Util, Helper, Common nor Impl, and no Manager but the {@code SessionManager}. */
    public static final ArchRule CLASSES_ARE_NAMED_AFTER_THEIR_SUBJECT = noClasses()
            .should(ArchCondition.from(saysNothing()))
            .because("a class is called after its subject; without one it is not a class yet");

    /** No package called util, common or the like. */
    public static final ArchRule PACKAGES_ARE_NAMED_AFTER_THEIR_SUBJECT = noClasses()
            .should(ArchCondition.from(inAnEmptyPackage()))
            .because("a package is called after what its classes are about");

    private NamingRules() {}

    private static DescribedPredicate<JavaClass> saysNothing() {
        return describe("be called Util, Helper, Common, Impl, or a second Manager", type -> {
            String name = type.getSimpleName();
            return EMPTY_WORD.matcher(name).find() || name.endsWith("Manager") && !name.equals("SessionManager");
        });
    }

    private static DescribedPredicate<JavaClass> inAnEmptyPackage() {
        return describe(
                "be in a package called " + EMPTY_PACKAGES,
                type -> Arrays.stream(type.getPackageName().split("\\.")).anyMatch(EMPTY_PACKAGES::contains));
    }
}
