// SPDX-License-Identifier: Apache-2.0
package io.hongyan.contracts;

import io.hongyan.core.auth.AuthResult;
import io.hongyan.core.auth.Authenticator;
import io.hongyan.core.auth.LoginRequest;
import java.util.concurrent.CompletableFuture;

/** The contract over an authenticator as users write one. */
final class TokenAuthenticatorContractTest extends AuthenticatorContract {
    @Override
    protected Authenticator newAuthenticator() {
        return login -> CompletableFuture.supplyAsync(
                () -> login.token().equals(tokenOf(login.user().value()))
                        ? AuthResult.accept()
                        : AuthResult.reject("wrong token"));
    }

    @Override
    protected LoginRequest goodLogin() {
        return login("alice", tokenOf("alice"));
    }

    private static String tokenOf(String user) {
        return "token-" + Integer.toHexString(user.hashCode());
    }
}
