// SPDX-License-Identifier: Apache-2.0
package io.hongyan.rules.planted.nowhere;

/** In a package that no order names. */
public final class HasNoPlace {}
