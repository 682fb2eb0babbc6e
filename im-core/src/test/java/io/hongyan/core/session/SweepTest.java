// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.core.world.TestWorld;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SweepTest {
    private final TestWorld world = TestWorld.withLoops(1);
    private final Loop loop = new Loops(world, world, 1 << 20).of(world.owner(0));

    @Test
    void looksAtSmallCrowdsWholeEachTime() {
        List<Member> members = members(100);
        world.advanceMillis(500);
        assertThat(members).allMatch(member -> member.looks == 1);
        world.advanceMillis(1_000);
        assertThat(members).allMatch(member -> member.looks == 3);
    }

    @Test
    void looksAtLargeCrowdsWithinFourSeconds() {
        List<Member> members = members(50_000);
        world.advanceMillis(500);
        assertThat(members.stream().filter(member -> member.looks > 0)).hasSize(6250);
        world.advanceMillis(3_500);
        assertThat(members).allMatch(member -> member.looks == 1);
    }

    @Test
    void forgetsWhoLeavesAlsoFromWithin() {
        List<Member> members = members(10);
        members.get(3).leavesWhenLookedAt = true;
        world.owner(0).execute(() -> loop.sweep().remove(members.get(7)));
        world.advanceMillis(2_000);
        assertThat(members.get(3).looks).isEqualTo(1);
        assertThat(members.get(7).looks).isZero();
        assertThat(members.get(0).looks).isBetween(4, 5);
        assertThat(loop.sweep().size()).isEqualTo(8);
    }

    private List<Member> members(int count) {
        List<Member> members = new ArrayList<>();
        world.owner(0).execute(() -> {
            for (int i = 0; i < count; i++) {
                Member member = new Member();
                members.add(member);
                loop.sweep().add(member);
            }
        });
        world.settle();
        return members;
    }

    private final class Member implements Swept {
        private int looks;
        private int place;
        private boolean leavesWhenLookedAt;

        @Override
        public void sweep(long nowNanos) {
            looks++;
            if (leavesWhenLookedAt) {
                loop.sweep().remove(this);
            }
        }

        @Override
        public int sweepPlace() {
            return place;
        }

        @Override
        public void sweepPlace(int place) {
            this.place = place;
        }
    }
}
