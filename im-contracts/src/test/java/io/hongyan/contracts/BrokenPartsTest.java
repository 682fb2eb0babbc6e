// SPDX-License-Identifier: Apache-2.0
package io.hongyan.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.hongyan.core.auth.AuthResult;
import io.hongyan.core.auth.Authenticator;
import io.hongyan.core.auth.LoginRequest;
import io.hongyan.core.store.InMemoryMessageStore;
import io.hongyan.core.store.MessageStore;
import io.hongyan.protocol.ReasonCode;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** The contracts find parts that are broken. */
final class BrokenPartsTest {
    @Test
    void findStoresThatAreBroken() {
        assertThat(failuresOf(Doubling.class)).contains("keepsAnIdOfASenderOnce");
        assertThat(failuresOf(OneInbox.class)).contains("conversationsAndInboxesCountByThemselves");
        assertThat(failuresOf(Static.class)).contains("eachDeviceHasItsOwnCursorThatNeverGoesBack");
        assertThat(failuresOf(Eternal.class)).contains("tellsOnceWhatExpiredBeforeAnyDeviceHadIt");
    }

    @Test
    void findAuthenticatorsThatAreBroken() {
        assertThat(failuresOf(Credulous.class)).contains("keepsAWrongTokenOut", "keepsAnEmptyTokenOut");
        assertThat(failuresOf(Impersonal.class)).containsExactly("keepsOutWhoHasAnothersToken");
        assertThat(failuresOf(Throwing.class)).contains("answersWhateverTheTokenIs");
        assertThat(failuresOf(Talkative.class)).containsExactly("tellsNobodyTheToken");
        assertThat(failuresOf(Inviting.class)).containsExactly("aWrongTokenIsToldNotToComeBack");
    }

    private static List<String> failuresOf(Class<?> contract) {
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        LauncherFactory.create()
                .execute(
                        LauncherDiscoveryRequestBuilder.request()
                                .selectors(selectClass(contract))
                                .build(),
                        listener);
        assertThat(listener.getSummary().getTestsStartedCount()).isGreaterThan(5);
        return listener.getSummary().getFailures().stream()
                .map(TestExecutionSummary.Failure::getTestIdentifier)
                .map(test -> test.getDisplayName().replace("()", ""))
                .toList();
    }

    /** A store that does what another one does, but for one method. */
    private static MessageStore broken(String method, BiFunction<MessageStore, Object[], Object> instead) {
        MessageStore store = InMemoryMessageStoreContractTest.sound();
        return (MessageStore) Proxy.newProxyInstance(
                BrokenPartsTest.class.getClassLoader(),
                new Class<?>[] {MessageStore.class},
                (proxy, called, arguments) -> called.getName().equals(method)
                        ? instead.apply(store, arguments)
                        : called.invoke(store, arguments));
    }

    abstract static class OfMemory extends MessageStoreContract {
        @Override
        protected MessageStore reopen() {
            return newStore();
        }
    }

    static final class Doubling extends OfMemory {
        @Override
        protected MessageStore newStore() {
            return new InMemoryMessageStore();
        }
    }

    static final class OneInbox extends OfMemory {
        @Override
        protected MessageStore newStore() {
            return broken(
                    "read",
                    (store, arguments) ->
                            store.read(BOB, (Long) arguments[1], (Integer) arguments[2], (Integer) arguments[3]));
        }
    }

    static final class Static extends OfMemory {
        @Override
        protected MessageStore newStore() {
            return broken("advance", (store, arguments) -> CompletableFuture.completedStage(null));
        }
    }

    static final class Eternal extends OfMemory {
        @Override
        protected MessageStore newStore() {
            return broken("expire", (store, arguments) -> CompletableFuture.completedStage(List.of()));
        }
    }

    /** An authenticator with one good login: alice's, with the token {@code secret}. */
    private abstract static class OfAlice extends AuthenticatorContract {
        @Override
        protected Authenticator newAuthenticator() {
            return login -> CompletableFuture.completedStage(judge(login));
        }

        @Override
        protected LoginRequest goodLogin() {
            return login("alice", "secret");
        }

        abstract AuthResult judge(LoginRequest login);

        static boolean isGood(LoginRequest login) {
            return login.user().value().equals("alice") && login.token().equals("secret");
        }
    }

    static final class Credulous extends OfAlice {
        @Override
        AuthResult judge(LoginRequest login) {
            return AuthResult.accept();
        }
    }

    static final class Impersonal extends OfAlice {
        @Override
        AuthResult judge(LoginRequest login) {
            return login.token().equals("secret") ? AuthResult.accept() : AuthResult.reject("wrong token");
        }
    }

    static final class Throwing extends OfAlice {
        @Override
        AuthResult judge(LoginRequest login) {
            if (login.token().length() > 1_000) {
                throw new IllegalArgumentException("too long");
            }
            return isGood(login) ? AuthResult.accept() : AuthResult.reject("wrong token");
        }
    }

    static final class Talkative extends OfAlice {
        @Override
        AuthResult judge(LoginRequest login) {
            return isGood(login)
                    ? AuthResult.accept(Map.of("token", login.token()))
                    : AuthResult.reject("wrong token " + login.token());
        }
    }

    static final class Inviting extends OfAlice {
        @Override
        AuthResult judge(LoginRequest login) {
            return isGood(login)
                    ? AuthResult.accept()
                    : AuthResult.reject(ReasonCode.SERVER_BUSY, "come back with the same token");
        }
    }
}
