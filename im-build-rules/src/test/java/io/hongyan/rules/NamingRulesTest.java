// SPDX-License-Identifier: Apache-2.0
package io.hongyan.rules;

import static io.hongyan.rules.NamingRules.CLASSES_ARE_NAMED_AFTER_THEIR_SUBJECT;
import static io.hongyan.rules.Planted.assertCaught;
import static io.hongyan.rules.Planted.assertPasses;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("once")
final class NamingRulesTest {

    @ParameterizedTest
    @ValueSource(
            classes = {
                FrameUtil.class,
                FrameUtils.class,
                UtilFrames.class,
                LoginHelper.class,
                CommonCodes.class,
                RouterImpl.class,
                ConnectionManager.class
            })
    void emptyNameIsCaught(Class<?> culprit) {
        assertCaught(CLASSES_ARE_NAMED_AFTER_THEIR_SUBJECT, culprit);
    }

    @ParameterizedTest
    @ValueSource(classes = {SessionManager.class, Utilisation.class, ImplicitAck.class, CommonsenseLimit.class})
    void nameWithASubjectPasses(Class<?> innocent) {
        assertPasses(CLASSES_ARE_NAMED_AFTER_THEIR_SUBJECT, innocent);
    }

    static final class FrameUtil {}

    static final class FrameUtils {}

    static final class UtilFrames {}

    static final class LoginHelper {}

    static final class CommonCodes {}

    static final class RouterImpl {}

    static final class ConnectionManager {}

    static final class SessionManager {}

    static final class Utilisation {}

    static final class ImplicitAck {}

    static final class CommonsenseLimit {}
}
