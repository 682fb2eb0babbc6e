// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.chat;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.examples.chat.Addressing.Addressed;
import org.junit.jupiter.api.Test;

class AddressingTest {

    @Test
    void addressedLineGoesToItsAddressee() {
        assertThat(new Addressing("carol").address("@bob hi there")).isEqualTo(new Addressed("bob", "hi there"));
    }

    @Test
    void plainLineGoesToTheFixedPeerWhoeverWasAddressedOrHeard() {
        Addressing addressing = new Addressing("carol");
        addressing.address("@bob hi");
        addressing.heard("dave");

        assertThat(addressing.address("hello")).isEqualTo(new Addressed("carol", "hello"));
    }

    @Test
    void plainLineFollowsTheLastOneAddressedOrHeard() {
        Addressing addressing = new Addressing(null);
        assertThat(addressing.address("hello")).isEqualTo(new Addressed(null, "hello"));

        addressing.heard("dave");
        assertThat(addressing.address("hello")).isEqualTo(new Addressed("dave", "hello"));

        addressing.address("@bob hi");
        assertThat(addressing.address("hello")).isEqualTo(new Addressed("bob", "hello"));
    }

    @Test
    void nameAloneAddressesWithoutText() {
        Addressing addressing = new Addressing(null);

        assertThat(addressing.address("@bob")).isEqualTo(new Addressed("bob", ""));
        assertThat(addressing.address("hello").user()).isEqualTo("bob");
    }

    @Test
    void onlyTheFirstBlankBelongsToTheAddress() {
        assertThat(new Addressing(null).address("@小明\u3000 你好 ")).isEqualTo(new Addressed("小明", " 你好 "));
    }

    @Test
    void atSignWithoutANameIsText() {
        Addressing addressing = new Addressing("bob");

        assertThat(addressing.address("@ 6 pm").text()).isEqualTo("@ 6 pm");
        assertThat(addressing.address("@").text()).isEqualTo("@");
        assertThat(addressing.address("@@all").text()).isEqualTo("@@all");
    }
}
