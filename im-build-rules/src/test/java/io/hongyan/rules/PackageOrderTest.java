// SPDX-License-Identifier: Apache-2.0
package io.hongyan.rules;

import static io.hongyan.rules.Planted.assertCaught;
import static io.hongyan.rules.Planted.assertPasses;

import com.tngtech.archunit.lang.ArchRule;
import io.hongyan.rules.planted.left.MayLookRight;
import io.hongyan.rules.planted.nowhere.HasNoPlace;
import io.hongyan.rules.planted.right.LooksLeft;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("once")
final class PackageOrderTest {

    private static final ArchRule ORDER = order(List.of(Set.of(PackageOrder.ROOT), Set.of("left"), Set.of("right")));

    @Test
    void dependencyToTheLeftIsCaught() {
        assertCaught(ORDER, LooksLeft.class);
    }

    @Test
    void dependencyToTheRightPasses() {
        assertPasses(ORDER, MayLookRight.class);
    }

    @Test
    void neighboursInOnePlaceDoNotKnowEachOther() {
        assertCaught(order(List.of(Set.of("left", "right"))), MayLookRight.class);
    }

    @Test
    void classInAPackageWithoutAPlaceIsCaught() {
        assertCaught(ORDER, HasNoPlace.class);
    }

    private static ArchRule order(List<Set<String>> places) {
        return PackageOrder.of("io.hongyan.rules.planted", places).rule();
    }
}
