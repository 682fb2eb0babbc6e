// SPDX-License-Identifier: Apache-2.0
package io.hongyan.rules.planted.left;

import io.hongyan.rules.planted.right.LooksLeft;

/** Depends in the right direction. */
public record MayLookRight(LooksLeft target) {}
