// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hongyan.protocol.packet.Presence;
import io.hongyan.protocol.packet.Subscribe;
import io.hongyan.protocol.packet.UserId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Who comes and goes, as a client asks for it and hears of it. */
class ClientPresenceTest {

    private static final UserId BOB = new UserId("bob");

    private final List<String> heard = new ArrayList<>();

    @Test
    void asksOnceAndHearsOfChanges() {
        Scene scene = online();
        assertThat(scene.client.subscribe("bob", "carol", "bob")).isTrue();
        assertThat(scene.client.subscribe("bob")).isTrue();
        scene.loop.run();
        assertThat(scene.link().sent(Subscribe.class)).containsExactly(begin("bob", "carol"));
        scene.link().receive(new Presence(BOB, false, 0));
        scene.link().receive(new Presence(BOB, true, 5_000));
        scene.link().receive(new Presence(BOB, true, 5_000));
        assertThat(heard).containsExactly("bob off null", "bob on 1970-01-01T00:00:05Z");
    }

    @Test
    void asksAgainOverTheNextLink() {
        Scene scene = online();
        scene.client.subscribe("bob", "carol");
        scene.loop.run();
        scene.link().receive(new Presence(BOB, true, 1));
        scene.client.unsubscribe("carol");
        scene.loop.run();
        assertThat(scene.link().sent(Subscribe.class))
                .containsExactly(begin("bob", "carol"), new Subscribe(false, List.of(new UserId("carol"))));
        scene.comeBack();
        scene.client.subscribe("dave");
        scene.login();
        assertThat(scene.link().sent(Subscribe.class)).containsExactly(begin("bob", "dave"));
        scene.link().receive(new Presence(BOB, true, 1));
        assertThat(heard).as("nothing new").hasSize(1);
        scene.link().receive(new Presence(BOB, false, 2));
        assertThat(heard).hasSize(2);
    }

    @Test
    void whatIsNotWantedAnyMoreIsNotHeard() {
        Scene scene = online();
        scene.client.subscribe("bob");
        scene.loop.run();
        scene.client.unsubscribe("bob");
        scene.loop.run();
        scene.link().receive(new Presence(BOB, true, 1));
        assertThat(heard).isEmpty();
        scene.client.subscribe("carol");
        scene.client.unsubscribe("carol");
        scene.loop.run();
        assertThat(scene.link().sent(Subscribe.class)).as("nothing of carol").hasSize(2);
    }

    @Test
    void asksForManyInPacketsThatTheServerTakes() {
        Scene scene = Scene.connecting(options -> options);
        scene.maxFrameBytes = 4096;
        String[] users = IntStream.range(0, PresenceWatch.MAX_USERS)
                .mapToObj(i -> "x".repeat(58) + (100_000 + i))
                .toArray(String[]::new);
        assertThat(scene.client.subscribe(users)).isTrue();
        assertThat(scene.client.subscribe("one more")).isFalse();
        scene.login();
        List<Subscribe> sent = scene.link().sent(Subscribe.class);
        assertThat(sent.stream().mapToInt(subscribe -> subscribe.users().size()).sum())
                .isEqualTo(users.length);
        assertThat(sent)
                .allMatch(subscribe -> scene.link().codec().encode(subscribe).length() <= 4096);
        assertThat(sent.size()).isLessThan(20);
    }

    @Test
    void namesThatCannotBeAreRefused() {
        Scene scene = online();
        assertThatThrownBy(() -> scene.client.subscribe("@nobody")).isInstanceOf(IllegalArgumentException.class);
    }

    private Scene online() {
        return Scene.online(options -> options.presenceListener(
                (user, online, since) -> heard.add(user + (online ? " on " : " off ") + since)));
    }

    private static Subscribe begin(String... users) {
        return new Subscribe(true, Arrays.stream(users).map(UserId::new).toList());
    }
}
