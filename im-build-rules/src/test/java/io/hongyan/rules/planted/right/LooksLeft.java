// SPDX-License-Identifier: Apache-2.0
package io.hongyan.rules.planted.right;

import io.hongyan.rules.planted.left.MayLookRight;
import org.jspecify.annotations.Nullable;

/** Depends in the wrong direction, through an array. */
public final class LooksLeft {

    @Nullable
    MayLookRight @Nullable [] targets;
}
