// SPDX-License-Identifier: Apache-2.0
package io.hongyan.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hongyan.core.auth.AuthResult;
import io.hongyan.core.auth.Authenticator;
import io.hongyan.core.auth.LoginRequest;
import io.hongyan.core.limit.ServerLimits;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.packet.DeviceId;
import io.hongyan.protocol.packet.UserId;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every authenticator keeps that judges by a token: it answers every login in time, whatever the token is, several
 * at once; it lets nobody in by a wrong token or by another's; its refusals say what the client is to do.
 *
 * <pre>{@code
 * class TokenAuthenticatorTest extends AuthenticatorContract {
 *     protected Authenticator newAuthenticator() {
 *         return new TokenAuthenticator(key);
 *     }
 *
 *     protected LoginRequest goodLogin() {
 *         return login("alice", tokenFor("alice"));
 *     }
 * }
 * }</pre>
 *
 * <p>An answer is in time when it comes within the server's default deadline of 5 s, the time included that the call itself
 * takes.
 */
public abstract class AuthenticatorContract {
    private static final int THREADS = 16;
    private static final int LOGINS = 320;

    /** The authenticator of this test. */
    protected Authenticator authenticator;

    private ExecutorService workers;

    /** An authenticator that lets {@link #goodLogin} in. */
    protected abstract Authenticator newAuthenticator();

    /** A login that is let in, again and again; make it with {@link #login}. */
    protected abstract LoginRequest goodLogin();

    /** Whether a token is one user's; false for a secret that all share. */
    protected boolean bindsTokensToUsers() {
        return true;
    }

    /** A login from this machine. */
    protected static LoginRequest login(String user, String token) {
        return new LoginRequest(
                new UserId(user),
                new DeviceId("phone"),
                "test",
                token,
                "tcp",
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 40_000));
    }

    @BeforeEach
    final void open() {
        authenticator = newAuthenticator();
        workers = Executors.newFixedThreadPool(THREADS);
    }

    @AfterEach
    final void close() {
        workers.shutdownNow();
    }

    @Test
    protected void letsAGoodLoginInAsOftenAsItComes() {
        for (int i = 0; i < 3; i++) {
            assertThat(verdict(goodLogin())).isInstanceOf(AuthResult.Accepted.class);
        }
    }

    @Test
    protected void keepsAWrongTokenOut() {
        String token = goodLogin().token();
        keepsOut(token + "x");
        keepsOut("x" + token);
        if (token.length() > 1) {
            keepsOut(token.substring(1));
            keepsOut(token.substring(0, token.length() - 1));
        }
    }

    @Test
    protected void keepsAnEmptyTokenOut() {
        keepsOut("");
        keepsOut(" ");
    }

    @Test
    protected void answersWhateverTheTokenIs() {
        String token = goodLogin().token();
        List<String> hostile = List.of(
                "\u0000",
                token + "\u0000",
                "\n\r\t",
                "' OR '1'='1' --",
                "%s%n%d{}${jndi:x}",
                "../../etc/passwd",
                "a.b.c",
                "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9.",
                "\uD800",
                "\uFFFF\uFFFE",
                "\u202E" + token,
                "=".repeat(7),
                "A".repeat(4_000),
                "[".repeat(4_000));
        hostile.forEach(this::keepsOut);
    }

    @Test
    protected void keepsOutWhoHasAnothersToken() {
        assumeTrue(bindsTokensToUsers(), "all users share a token");
        LoginRequest good = goodLogin();
        for (String other :
                List.of(good.user().value() + "x", "x", good.user().value().toUpperCase() + "Y")) {
            assertIsOut(login(other, good.token()), verdict(login(other, good.token())));
        }
    }

    /** A client that is told to come back with a token that is wrong does so for ever. */
    @Test
    protected void aWrongTokenIsToldNotToComeBack() {
        AuthResult verdict =
                verdict(login(goodLogin().user().value(), goodLogin().token() + "x"));
        if (verdict instanceof AuthResult.Rejected rejected) {
            assertThat(rejected.code().retry()).isEqualTo(ReasonCode.Retry.DO_NOT_COME_BACK);
        }
    }

    @Test
    protected void judgesManyAtOnceEachByItself() {
        LoginRequest good = goodLogin();
        LoginRequest bad = login(good.user().value(), good.token() + "x");
        List<CompletableFuture<AuthResult>> verdicts = new ArrayList<>();
        for (int i = 0; i < LOGINS; i++) {
            LoginRequest login = i % 2 == 0 ? good : bad;
            verdicts.add(ask(login));
        }
        for (int i = 0; i < LOGINS; i++) {
            AuthResult verdict = inTime(i % 2 == 0 ? good : bad, verdicts.get(i));
            if (i % 2 == 0) {
                assertThat(verdict).as("a good login among bad ones").isInstanceOf(AuthResult.Accepted.class);
            } else {
                assertIsOut(bad, verdict);
            }
        }
    }

    /** Attributes are shown to listeners, and texts to clients: neither is a place for secrets. */
    @Test
    protected void tellsNobodyTheToken() {
        LoginRequest good = goodLogin();
        if (verdict(good) instanceof AuthResult.Accepted accepted) {
            assertThat(accepted.attributes().values()).noneMatch(value -> value.contains(good.token()));
        }
        LoginRequest bad = login(good.user().value(), good.token() + "x");
        if (verdict(bad) instanceof AuthResult.Rejected rejected) {
            assertThat(rejected.text()).doesNotContain(good.token());
        }
    }

    /** What the authenticator says, in time. */
    protected final AuthResult verdict(LoginRequest login) {
        return inTime(login, ask(login));
    }

    /** On a worker, as a server asks. */
    private CompletableFuture<AuthResult> ask(LoginRequest login) {
        CompletableFuture<AuthResult> answer = new CompletableFuture<>();
        workers.execute(() -> {
            try {
                CompletionStage<AuthResult> stage = authenticator.authenticate(login);
                stage.whenComplete((verdict, failure) -> {
                    if (failure == null) {
                        answer.complete(verdict);
                    } else {
                        answer.completeExceptionally(failure);
                    }
                });
            } catch (RuntimeException | Error thrown) {
                answer.completeExceptionally(thrown);
            }
        });
        return answer;
    }

    private static AuthResult inTime(LoginRequest login, CompletableFuture<AuthResult> answer) {
        try {
            AuthResult verdict = answer.orTimeout(
                            ServerLimits.defaults().authenticatorTimeoutMillis(), TimeUnit.MILLISECONDS)
                    .join();
            assertThat(verdict).as("the verdict on %s", login).isNotNull();
            return verdict;
        } catch (CompletionException failed) {
            throw new AssertionError("no verdict on " + login + ": " + failed.getCause(), failed.getCause());
        }
    }

    private void keepsOut(String token) {
        LoginRequest login = login(goodLogin().user().value(), token);
        assertIsOut(login, verdict(login));
    }

    private static void assertIsOut(LoginRequest login, AuthResult verdict) {
        assertThat(verdict)
                .as("the verdict on %s with the token \"%s\"", login, clip(login.token()))
                .isNotInstanceOf(AuthResult.Accepted.class);
    }

    private static String clip(String token) {
        return token.length() <= 40 ? token : token.substring(0, 40) + "...";
    }
}
