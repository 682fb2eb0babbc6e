// SPDX-License-Identifier: Apache-2.0
/**
 * The rules of the house, checked by the tests of every module: who may import whom, what never happens inside the
 * engine, what an event loop is spared, how things may be called.
 *
 * <p>Starting points: {@link io.hongyan.rules.HouseRulesContract}, which each module's {@code HouseRulesTest} extends,
 * and {@link io.hongyan.rules.ModuleClasses}, through which a test picks the classes that a rule is for. The rules
 * themselves stand beside them, one class for each subject.
 */
@NullMarked
package io.hongyan.rules;

import org.jspecify.annotations.NullMarked;
