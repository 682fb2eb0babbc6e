// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ReasonCode;
import java.util.Collections;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** A packet that exists can be sent. */
class PacketValidityTest {
    private static final UserId ALICE = new UserId("alice");
    private static final DeviceId PHONE = new DeviceId("phone");
    private static final MessageId ID = new MessageId(7, 1);
    private static final Message MESSAGE = Message.of(ID, Address.server(), Payload.empty());

    @Test
    void loginHasTextsOfBoundedLength() {
        new Login(ALICE, PHONE, "p".repeat(64), "t".repeat(4096), 0, 65_535);
        assertRefused(() -> new Login(ALICE, PHONE, "p".repeat(65), "", 0, 0));
        assertRefused(() -> new Login(ALICE, PHONE, "", "t".repeat(4097), 0, 0));
        assertRefused(() -> new Login(ALICE, PHONE, "", "\uD800", 0, 0));
        assertRefused(() -> new Login(ALICE, PHONE, "", "", 0, 65_536));
        assertRefused(() -> new Login(ALICE, PHONE, "", "", 0, -1));
    }

    @Test
    void loginResultHasASessionOrARefusal() {
        assertRefused(() -> LoginResult.refused(ReasonCode.OK, "", 0));
        assertRefused(() -> new LoginResult(ReasonCode.KICKED, "", 0, 1, 0, 0, 0, 0, 0, 0, 0, 0));
        assertRefused(() -> new LoginResult(ReasonCode.KICKED, "", 0, 0, 0, 0, 0, 1, 0, 0, 0, 0));
        assertRefused(() -> new LoginResult(ReasonCode.OK, "", 1, 1, 1, 1, 60, 4096, 4096, 0, 0, 0));
        assertRefused(() -> new LoginResult(ReasonCode.OK, "", 0, 1, 1, 1, 0, 4096, 4096, 0, 0, 0));
        assertRefused(() -> new LoginResult(ReasonCode.OK, "", 0, 1, 1, 1, 60, 1 << 24, 4096, 0, 0, 0));
        assertRefused(() -> new LoginResult(ReasonCode.OK, "", 0, 1, 1, 1, 60, 4095, 4096, 0, 0, 0));
    }

    @Test
    void secretsAndTokensAreNotShown() {
        assertThat(new Login(ALICE, PHONE, "", "let me in", 1, 0).toString()).doesNotContain("let me in");
        assertThat(new Resume(1, 0xABCDEF, 0xABCDEF, 0, 0).toString()).doesNotContainIgnoringCase("abcdef");
        assertThat(new LoginResult(ReasonCode.OK, "", 0, 1, 11_259_375, 0xABCDEF, 60, 4096, 4096, 0, 0, 0).toString())
                .doesNotContain("11259375")
                .doesNotContainIgnoringCase("abcdef");
    }

    @Test
    void textBesideACodeIsCutRatherThanRefused() {
        String tooLong = "雁".repeat(100);
        assertThat(new Kick(ReasonCode.KICKED, tooLong).text()).isEqualTo("雁".repeat(85));
        assertThat(new ErrorPacket(ReasonCode.KICKED, tooLong).text()).hasSize(85);
        assertThat(LoginResult.refused(ReasonCode.KICKED, tooLong, 0).text()).hasSize(85);
        assertThat(new GoAway(ReasonCode.GOING_AWAY, 0, 0, List.of(), tooLong).text())
                .hasSize(85);
        assertRefused(() -> new GoAway(ReasonCode.GOING_AWAY, 0, 0, List.of(tooLong), ""));
        assertRefused(() -> new GoAway(ReasonCode.GOING_AWAY, 0, 0, List.of(""), ""));
        assertRefused(() -> new GoAway(ReasonCode.GOING_AWAY, 0, 0, Collections.nCopies(9, "tcp://a:1"), ""));
        assertRefused(() -> new GoAway(ReasonCode.GOING_AWAY, -1, 0, List.of(), ""));
    }

    @Test
    void messageCountersBeginAtOne() {
        assertRefused(() -> new MessageId(0, 0));
        assertRefused(() -> new MessageId(0, -1));
        assertRefused(() -> new MessageId(0, MessageId.MAX_COUNTER + 1));
        assertThat(new MessageId(-1, MessageId.MAX_COUNTER)).hasToString("ffffffffffffffff-4611686018427387903");
    }

    @Test
    void messageHasNumbersThatTheWireCarries() {
        assertRefused(() -> MESSAGE.withServerFields(Address.server(), "", 1, 1));
        assertRefused(() -> MESSAGE.withServerFields(Address.server(), "c".repeat(256), 1, 1));
        assertRefused(() -> MESSAGE.withServerFields(Address.server(), null, -1, 1));
        assertRefused(() -> MESSAGE.withServerFields(Address.server(), null, 1, -1));
        assertRefused(() -> MESSAGE.withTtlSeconds(-1));
        assertRefused(() -> MESSAGE.withPayload(ContentKind.BINARY, Payload.of(new byte[1 << 24])));
    }

    @Test
    void largestMessageFitsIntoNoFrameButCanBeMade() {
        Message largest = MESSAGE.withPayload(ContentKind.BINARY, Payload.of(new byte[(1 << 24) - 1]));
        assertRefused(() -> BinaryPacketCodec.V1.encode(largest));
        assertThat(new Chunker(largest, 4096).remainingBytes()).isGreaterThan(1 << 24);
    }

    @Test
    void witherChangesItsFieldAlone() {
        Message message = MESSAGE.withServerFields(Address.user("alice"), "c", 2, 3)
                .withType(4)
                .withTtlSeconds(5)
                .withLane(Lane.BULK)
                .withTo(Address.group("g"))
                .withId(new MessageId(8, 9))
                .withPayload(ContentKind.JSON, Payload.text("{}"));
        assertThat(message)
                .isEqualTo(new Message(
                        new MessageId(8, 9),
                        Address.group("g"),
                        Address.user("alice"),
                        "c",
                        2,
                        3,
                        4,
                        ContentKind.JSON,
                        Lane.BULK,
                        5,
                        Payload.text("{}")));
        assertThat(message.withContentKind(ContentKind.TEXT).contentKind()).isEqualTo(ContentKind.TEXT);
    }

    @Test
    void laneOfAMessageDecidesItsType() {
        assertThat(MESSAGE.packetType()).isEqualTo(PacketType.MESSAGE);
        assertThat(MESSAGE.withLane(Lane.BULK).packetType()).isEqualTo(PacketType.MESSAGE);
        assertThat(MESSAGE.withLane(Lane.EPHEMERAL).packetType()).isEqualTo(PacketType.EPHEMERAL_MESSAGE);
    }

    @Test
    void chunkIsNotEmptyUnlessItGivesUp() {
        assertRefused(() -> new Chunk(ID, 0, false, Payload.empty()));
        assertRefused(() -> new Chunk(ID, 1, true, Payload.empty()));
        assertRefused(() -> new Chunk(ID, -1, true, Payload.text("x")));
        assertRefused(() -> new Chunk(ID, Integer.MAX_VALUE, true, Payload.text("x")));
        assertThat(new Chunk(ID, 0, true, Payload.empty()).isGivenUp()).isTrue();
    }

    @Test
    void ephemeralMessageIsNotCutIntoChunks() {
        assertRefused(() -> new Chunker(MESSAGE.withLane(Lane.EPHEMERAL), 4096));
        assertRefused(() -> new Chunker(MESSAGE, 255));
    }

    @Test
    void ephemeralFramesHaveNoCount() {
        assertRefused(() -> new Count(Lane.EPHEMERAL, 1));
    }

    @Test
    void subscriptionNamesSomeUsersButNotTooMany() {
        assertRefused(() -> new Subscribe(true, List.of()));
        assertRefused(() -> new Subscribe(true, Collections.nCopies(257, ALICE)));
        assertThat(new Subscribe(true, Collections.nCopies(256, ALICE)).users()).hasSize(256);
    }

    @Test
    void positionsOfAPageAreInOrder() {
        assertThat(new SyncPage(5, 5, 5, 0, true).hasGap()).isFalse();
        assertThat(new SyncPage(5, 9, 6, 3, true).hasGap()).isTrue();
        assertRefused(() -> new SyncPage(5, 4, 5, 0, true));
        assertRefused(() -> new SyncPage(5, 9, 4, 0, true));
        assertRefused(() -> new SyncPage(5, 9, 10, 0, true));
        assertRefused(() -> new Sync(-1, 1));
        assertRefused(() -> new Sync(0, 0));
        assertRefused(() -> new Position(-1));
    }

    private static void assertRefused(ThrowingCallable call) {
        assertThatIllegalArgumentException().isThrownBy(call);
    }
}
