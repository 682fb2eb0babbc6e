// SPDX-License-Identifier: Apache-2.0
package io.hongyan.rules;

import static io.hongyan.rules.Planted.assertCaught;
import static io.hongyan.rules.Planted.assertPasses;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("once")
final class StateRulesTest {

    @Test
    void staticFieldThatChangesIsCaught() {
        assertCaught(StateRules.NO_STATIC_FIELD_CHANGES, Counts.class);
    }

    @Test
    void finalStaticFieldOfSomethingThatChangesIsCaught() {
        assertCaught(StateRules.NO_STATIC_FIELD_HOLDS_A_MUTABLE_THING, CountsAtomically.class);
        assertCaught(StateRules.NO_STATIC_FIELD_HOLDS_A_MUTABLE_THING, Caches.class);
        assertCaught(StateRules.NO_STATIC_FIELD_HOLDS_A_MUTABLE_THING, CachesUnordered.class);
    }

    @Test
    void staticFieldThatHidesWhatItHoldsIsCaught() {
        assertCaught(StateRules.NO_STATIC_INITIALIZER_MAKES_A_MUTABLE_THING, CachesBehindAnInterface.class);
        assertCaught(StateRules.NO_STATIC_INITIALIZER_MAKES_A_MUTABLE_THING, CountsBehindNumber.class);
    }

    @Test
    void enumConstantThatChangesIsCaught() {
        assertCaught(StateRules.NO_ENUM_CONSTANT_CHANGES, Changing.class);
    }

    @Test
    void singletonIsCaught() {
        assertCaught(StateRules.NO_SINGLETONS, Singleton.class);
    }

    @Test
    void constantsPass() {
        assertPasses(StateRules.NO_STATIC_FIELD_CHANGES, Constants.class);
        assertPasses(StateRules.NO_STATIC_FIELD_HOLDS_A_MUTABLE_THING, Constants.class);
        assertPasses(StateRules.NO_STATIC_INITIALIZER_MAKES_A_MUTABLE_THING, Constants.class);
        assertPasses(StateRules.NO_STATIC_FIELD_CHANGES, Plain.class);
        assertPasses(StateRules.NO_ENUM_CONSTANT_CHANGES, Plain.class);
    }

    static final class Counts {
        static int count;
    }

    static final class CountsAtomically {
        static final AtomicLong COUNT = new AtomicLong();
    }

    static final class Caches {
        static final ConcurrentHashMap<String, String> CACHE = new ConcurrentHashMap<>();
    }

    static final class CachesUnordered {
        static final HashMap<String, String> CACHE = new HashMap<>();
    }

    static final class CachesBehindAnInterface {
        static final Map<String, String> CACHE = new HashMap<>();
    }

    static final class CountsBehindNumber {
        static final Number COUNT = new AtomicLong();
    }

    enum Changing {
        ONE;

        int count;
    }

    static final class Singleton {
        static final Singleton INSTANCE = new Singleton();

        static Singleton getInstance() {
            return INSTANCE;
        }
    }

    static final class Constants {
        static final int LIMIT = 5;
        static final List<String> NAMES = List.of("a");
        static final Map<String, Integer> BY_NAME = Map.of("a", 1);
        static final Supplier<Map<String, String>> EMPTY_MAP = () -> new HashMap<>();
        static final AtomicLongFieldUpdater<Constants> UPDATER =
                AtomicLongFieldUpdater.newUpdater(Constants.class, "count");

        volatile long count;

        boolean isLarge(Plain plain) {
            assert plain != null;
            return switch (plain) {
                case ONE -> false;
                case TWO -> true;
            };
        }
    }

    enum Plain {
        ONE(1),
        TWO(2);

        final int code;

        Plain(int code) {
            this.code = code;
        }
    }
}
