// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.server;

import io.hongyan.core.auth.AuthResult;
import io.hongyan.core.auth.Authenticator;
import io.hongyan.core.auth.LoginRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Lets in whoever knows the one secret, under any name. It takes the same time however much of a guess is right. */
final class TokenAuthenticator implements Authenticator {

    private final byte[] secret;

    TokenAuthenticator(String secret) {
        this.secret = secret.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public CompletionStage<AuthResult> authenticate(LoginRequest login) {
        boolean known = MessageDigest.isEqual(secret, login.token().getBytes(StandardCharsets.UTF_8));
        return CompletableFuture.completedStage(known ? AuthResult.accept() : AuthResult.reject("wrong token"));
    }
}
