// SPDX-License-Identifier: Apache-2.0
package io.hongyan.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * What holds in every module. Its {@code HouseRulesTest} extends this class and adds the rules that are the module's
 * own.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("once")
public abstract class HouseRulesContract {

    protected final ModuleClasses module = ModuleClasses.of(getClass());

    @Test
    protected void everyClassOfTheModuleIsLookedAt() {
        assertFalse(module.main().isEmpty(), "no class found");
        assertEquals(module.compiledFiles(), module.main().size(), "classes looked at, against class files compiled");
    }

    @Test
    protected void noStaticStateChanges() {
        StateRules.NO_STATIC_FIELD_CHANGES.check(module.main());
    }

    @Test
    protected void noStaticFieldHoldsAMutableThing() {
        StateRules.NO_STATIC_FIELD_HOLDS_A_MUTABLE_THING.check(module.main());
        StateRules.NO_STATIC_INITIALIZER_MAKES_A_MUTABLE_THING.check(module.main());
    }

    @Test
    protected void noEnumConstantChanges() {
        StateRules.NO_ENUM_CONSTANT_CHANGES.check(module.main());
    }

    @Test
    protected void thereAreNoSingletons() {
        StateRules.NO_SINGLETONS.check(module.main());
    }

    @Test
    protected void everyClassIsNamedAfterItsSubject() {
        NamingRules.CLASSES_ARE_NAMED_AFTER_THEIR_SUBJECT.check(module.main());
    }

    @Test
    protected void everyPackageIsNamedAfterItsSubject() {
        NamingRules.PACKAGES_ARE_NAMED_AFTER_THEIR_SUBJECT.check(module.main());
    }

    @Test
    protected void packagesFormNoCycle() {
        ImportRules.PACKAGES_FORM_NO_CYCLE.check(module.main());
    }

    @Test
    protected void nothingSleeps() {
        EventLoopRules.NOTHING_SLEEPS.check(module.main());
        EventLoopRules.NOTHING_SLEEPS.check(module.tests());
    }
}
