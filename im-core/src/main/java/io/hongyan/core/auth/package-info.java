// SPDX-License-Identifier: Apache-2.0
/**
 * Who may log in.
 *
 * <p><b>Starting points:</b> {@link io.hongyan.core.auth.Authenticator}, {@link io.hongyan.core.auth.AuthResult}.
 */
@NullMarked
package io.hongyan.core.auth;

import org.jspecify.annotations.NullMarked;
