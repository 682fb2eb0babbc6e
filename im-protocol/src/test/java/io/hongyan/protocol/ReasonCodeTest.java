// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.protocol.ReasonCode.Retry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ReasonCodeTest {
    private static final Pattern ROW = Pattern.compile("\\| (\\d+) \\| ([A-Z_]+) \\| (\\d+) \\| \\S.* \\|");

    @Test
    void rangeOfTheNumberTellsWhetherToComeBack() {
        for (ReasonCode code : ReasonCode.values()) {
            Retry expected = switch (code.number() / 100) {
                case 1 -> Retry.COME_BACK;
                case 2 -> Retry.DO_NOT_COME_BACK;
                default -> Retry.NOT_APPLICABLE;
            };
            assertThat(code.retry()).as(code.name()).isEqualTo(expected);
            assertThat(code.endsConnection()).as(code.name()).isEqualTo(expected != Retry.NOT_APPLICABLE);
            assertThat(code.number()).as(code.name()).isBetween(0, 399);
        }
    }

    @Test
    void numberIsUniqueAndFindsItsCode() {
        assertThat(Arrays.stream(ReasonCode.values()).map(ReasonCode::number)).doesNotHaveDuplicates();
        for (ReasonCode code : ReasonCode.values()) {
            assertThat(ReasonCode.fromNumber(code.number())).isEqualTo(code);
        }
    }

    @Test
    void numberOfANewerPeerBecomesTheGenericCodeOfItsRange() {
        assertThat(ReasonCode.fromNumber(198)).isEqualTo(ReasonCode.UNKNOWN_COME_BACK);
        assertThat(ReasonCode.fromNumber(298)).isEqualTo(ReasonCode.UNKNOWN_DO_NOT_COME_BACK);
        assertThat(ReasonCode.fromNumber(398)).isEqualTo(ReasonCode.UNKNOWN_REFUSAL);
        for (int strange : new int[] {1, 99, 400, 65_535, -1}) {
            assertThat(ReasonCode.fromNumber(strange)).isEqualTo(ReasonCode.UNKNOWN_COME_BACK);
        }
    }

    @Test
    void refusedMessageWithADelayMayBeSentAgain() {
        assertThat(ReasonCode.BACKPRESSURED.mayBeSentAgain()).isTrue();
        assertThat(ReasonCode.REJECTED.mayBeSentAgain()).isFalse();
        assertThat(ReasonCode.SERVER_BUSY.mayBeSentAgain()).isFalse();
        assertThat(ReasonCode.OK.mayBeSentAgain()).isFalse();
    }

    @Test
    void guideListsEveryCodeAsItIs() throws IOException {
        List<String> listed = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of("..", "docs", "guide", "codes.md"))) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                listed.add(row.group(1) + " " + row.group(2) + " " + row.group(3));
            }
        }
        List<String> codes = new ArrayList<>();
        for (ReasonCode code : ReasonCode.values()) {
            codes.add(code.number() + " " + code.name() + " " + code.delayMillis());
        }
        assertThat(listed).containsExactlyInAnyOrderElementsOf(codes);
    }
}
