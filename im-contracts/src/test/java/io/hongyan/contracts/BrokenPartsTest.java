// SPDX-License-Identifier: Apache-2.0
package io.hongyan.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.hongyan.core.auth.AuthResult;
import io.hongyan.core.auth.Authenticator;
import io.hongyan.core.auth.LoginRequest;
import io.hongyan.core.offline.Appended;
import io.hongyan.core.offline.ExpiredMessage;
import io.hongyan.core.offline.InMemoryMessageStore;
import io.hongyan.core.offline.MessageStore;
import io.hongyan.core.offline.Page;
import io.hongyan.core.offline.StoredMessage;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.UserId;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** The contracts find parts that are broken. */
final class BrokenPartsTest {
    @Test
    void findStoresThatAreBroken() {
        assertThat(failuresOf(Forgetful.class)).contains("keepsWhatWasReadUntilItIsForgotten");
        assertThat(failuresOf(OneInbox.class)).contains("keepsUsersApart");
        assertThat(failuresOf(Hoarding.class)).contains("keepsWhatWasReadUntilItIsForgotten");
        assertThat(failuresOf(Eternal.class)).contains("letsExpiredMessagesGo");
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

    /** A store that does what another one does. */
    private abstract static class Broken implements MessageStore {
        final MessageStore store = new InMemoryMessageStore();

        @Override
        public boolean durable() {
            return false;
        }

        @Override
        public String description() {
            return "broken";
        }

        @Override
        public CompletionStage<Appended> append(UserId user, Message message) {
            return store.append(user, message);
        }

        @Override
        public CompletionStage<Page> read(UserId user, long after, int maxMessages, int maxBytes) {
            return store.read(user, after, maxMessages, maxBytes);
        }

        @Override
        public CompletionStage<Void> forget(UserId user, long[] positions) {
            return store.forget(user, positions);
        }

        @Override
        public CompletionStage<Void> putBack(UserId user, List<StoredMessage> messages) {
            return store.putBack(user, messages);
        }

        @Override
        public CompletionStage<List<ExpiredMessage>> expire(long nowMillis, int maxMessages) {
            return store.expire(nowMillis, maxMessages);
        }

        @Override
        public CompletionStage<Void> close() {
            return store.close();
        }
    }

    static final class Forgetful extends MessageStoreContract {
        @Override
        protected MessageStore newStore() {
            return new Broken() {
                @Override
                public CompletionStage<Page> read(UserId user, long after, int maxMessages, int maxBytes) {
                    return store.read(user, after, maxMessages, maxBytes).thenApply(page -> {
                        store.forget(
                                user,
                                page.messages().stream()
                                        .mapToLong(StoredMessage::position)
                                        .toArray());
                        return page;
                    });
                }
            };
        }
    }

    static final class OneInbox extends MessageStoreContract {
        @Override
        protected MessageStore newStore() {
            return new Broken() {
                @Override
                public CompletionStage<Appended> append(UserId user, Message message) {
                    return store.append(BOB, message);
                }

                @Override
                public CompletionStage<Page> read(UserId user, long after, int maxMessages, int maxBytes) {
                    return store.read(BOB, after, maxMessages, maxBytes);
                }
            };
        }
    }

    static final class Hoarding extends MessageStoreContract {
        @Override
        protected MessageStore newStore() {
            return new Broken() {
                @Override
                public CompletionStage<Void> forget(UserId user, long[] positions) {
                    return CompletableFuture.completedStage(null);
                }
            };
        }
    }

    static final class Eternal extends MessageStoreContract {
        @Override
        protected MessageStore newStore() {
            return new Broken() {
                @Override
                public CompletionStage<List<ExpiredMessage>> expire(long nowMillis, int maxMessages) {
                    return CompletableFuture.completedStage(List.of());
                }
            };
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
