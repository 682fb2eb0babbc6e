// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hongyan.protocol.ProtocolException;
import io.hongyan.protocol.ReasonCode;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FrameReaderTest {
    private static final int LIMIT = 4096;

    private final FrameReader reader = new FrameReader(LIMIT);
    private final List<Frame> seen = new ArrayList<>();
    private final FrameSink sink = (type, body) -> seen.add(copy(type, body));

    @Test
    void findsFramesGluedByTheHundredAndCutAtEveryByte() {
        List<Frame> sent = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            sent.add(Frame.of(i, new byte[i * 7 % 50]));
        }
        byte[] stream = stream(sent);
        for (int cut = 0; cut <= stream.length; cut++) {
            seen.clear();
            reader.read(ByteBuffer.wrap(stream, 0, cut), sink);
            reader.read(ByteBuffer.wrap(stream, cut, stream.length - cut), sink);
            assertThat(seen).isEqualTo(sent);
            assertThat(reader.bufferedBytes()).isZero();
        }
    }

    @Test
    void findsFramesThatComeByteByByte() {
        List<Frame> sent = List.of(Frame.of(1, new byte[0]), Frame.of(0xFF, new byte[300]), Frame.of(2, new byte[1]));
        for (byte b : stream(sent)) {
            reader.read(ByteBuffer.wrap(new byte[] {b}), sink);
        }
        assertThat(seen).isEqualTo(sent);
        assertThat(reader.isWithinFrame()).isFalse();
    }

    @Test
    void takesTheLargestFrameAndRefusesOneByteMoreByItsHeaderAlone() {
        reader.read(ByteBuffer.wrap(Frame.of(1, new byte[LIMIT - 4]).array()), sink);
        assertThat(seen).hasSize(1);

        byte[] tooLarge = Frame.of(1, new byte[LIMIT - 3]).array();
        assertThatThrownBy(() -> reader.read(ByteBuffer.wrap(tooLarge, 0, 4), sink))
                .isInstanceOfSatisfying(
                        ProtocolException.class, e -> assertThat(e.code()).isEqualTo(ReasonCode.FRAME_TOO_LARGE));
        assertThat(reader.bufferedBytes()).isZero();
    }

    @Test
    void memoryGrowsWithWhatArrivesNotWithWhatIsAnnounced() {
        FrameReader large = new FrameReader(1 << 20);
        byte[] frame = Frame.of(1, new byte[(1 << 20) - 4]).array();
        large.read(ByteBuffer.wrap(frame, 0, 4), sink);
        assertThat(large.bufferedBytes()).isZero();
        for (int at = 4; at < frame.length; at += 1000) {
            int end = Math.min(frame.length, at + 1000);
            assertThat(large.bufferedBytes()).isLessThanOrEqualTo(Math.max(256, 2 * at));
            large.read(ByteBuffer.wrap(frame, at, end - at), sink);
        }
        assertThat(seen).containsExactly(Frame.wrap(frame));
        assertThat(large.bufferedBytes()).isZero();
    }

    @Test
    void consumesAllAndDropsTheRestOnceTheSinkStoppedIt() {
        byte[] stream = stream(List.of(Frame.of(1, new byte[2]), Frame.of(2, new byte[2])));
        ByteBuffer in = ByteBuffer.wrap(stream);
        reader.read(in, (type, body) -> {
            seen.add(copy(type, body));
            reader.stop();
        });
        reader.read(ByteBuffer.wrap(stream), sink);
        assertThat(in.hasRemaining()).isFalse();
        assertThat(seen).hasSize(1);
    }

    @Test
    void consumesAllWhenTheSinkThrowsAndIsSilentAfterwards() {
        ByteBuffer in = ByteBuffer.wrap(stream(List.of(Frame.of(1, new byte[2]), Frame.of(2, new byte[2]))));
        assertThatThrownBy(() -> reader.read(in, (type, body) -> {
                    throw new IllegalStateException("no");
                }))
                .isInstanceOf(IllegalStateException.class);
        assertThat(in.hasRemaining()).isFalse();
        reader.read(ByteBuffer.wrap(Frame.of(1, new byte[0]).array()), sink);
        assertThat(seen).isEmpty();
    }

    @Test
    void sinkMayLeaveTheBodyUnreadOrReadItAll() {
        List<Frame> sent = List.of(Frame.of(1, new byte[9]), Frame.of(2, new byte[9]), Frame.of(3, new byte[9]));
        List<Integer> types = new ArrayList<>();
        reader.read(ByteBuffer.wrap(stream(sent)), (type, body) -> {
            types.add(type);
            body.position(type == 2 ? body.limit() : body.position() + 1);
        });
        assertThat(types).containsExactly(1, 2, 3);
    }

    @Test
    void readsDirectBuffers() {
        byte[] stream = stream(List.of(Frame.of(1, new byte[] {7, 8}), Frame.of(2, new byte[0])));
        reader.read(ByteBuffer.allocateDirect(stream.length).put(stream).flip(), sink);
        assertThat(seen).containsExactly(Frame.of(1, new byte[] {7, 8}), Frame.of(2, new byte[0]));
    }

    @Test
    void wholeFramesAreReadFromOneUnit() {
        List<Frame> sent = List.of(Frame.of(1, new byte[2]), Frame.of(2, new byte[0]));
        FrameReader.readWhole(ByteBuffer.wrap(stream(sent)), LIMIT, sink);
        assertThat(seen).isEqualTo(sent);
    }

    @Test
    void unitThatIsEmptyOrCutOrTooLargeIsRefused() {
        byte[] unit = stream(List.of(Frame.of(1, new byte[3]), Frame.of(2, new byte[5])));
        for (int end = 0; end < unit.length; end++) {
            if (end != 7) {
                ByteBuffer cut = ByteBuffer.wrap(unit, 0, end);
                assertThatThrownBy(() -> FrameReader.readWhole(cut, LIMIT, sink))
                        .isInstanceOfSatisfying(
                                ProtocolException.class,
                                e -> assertThat(e.code()).isEqualTo(ReasonCode.MALFORMED_FRAME));
            }
        }
        assertThatThrownBy(() -> FrameReader.readWhole(ByteBuffer.wrap(unit), 8, sink))
                .isInstanceOfSatisfying(
                        ProtocolException.class, e -> assertThat(e.code()).isEqualTo(ReasonCode.FRAME_TOO_LARGE));
    }

    private static Frame copy(int type, ByteBuffer body) {
        byte[] bytes = new byte[body.remaining()];
        body.get(bytes);
        return Frame.of(type, bytes);
    }

    private static byte[] stream(List<Frame> frames) {
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        for (Frame frame : frames) {
            stream.writeBytes(frame.array());
        }
        return stream.toByteArray();
    }
}
