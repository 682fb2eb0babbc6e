// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import io.hongyan.protocol.ReasonCode;

/**
 * Why a link, or an attempt to make one, ended.
 *
 * @param code the reason
 * @param askedMillis how long the server asked to stay away, in ms; 0 = it did not say
 * @param fromServer whether the server said so, rather than the network or this side
 * @param text for people
 */
record Loss(ReasonCode code, int askedMillis, boolean fromServer, String text) {

    /** Whether coming back would end the same way. */
    boolean isFinal() {
        return code == ReasonCode.UNSUPPORTED_VERSION
                || fromServer && code.retry() == ReasonCode.Retry.DO_NOT_COME_BACK;
    }
}
