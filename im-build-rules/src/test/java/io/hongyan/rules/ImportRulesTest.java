// SPDX-License-Identifier: Apache-2.0
package io.hongyan.rules;

import static io.hongyan.rules.Planted.assertCaught;
import static io.hongyan.rules.Planted.assertPasses;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.function.Consumer;
import javax.crypto.Mac;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;

/** Public, because what is nested in a hidden class is hidden. */
@Tag("once")
public final class ImportRulesTest {

    private static final ArchRule NO_NETTY_EXPOSED = ImportRules.neverExposes("io.netty..");

    @Test
    void importOutsideTheListIsCaught() {
        assertCaught(ImportRules.importsOnlyTheJdkAnd("io.hongyan.rules.."), Logs.class);
        assertPasses(ImportRules.importsOnlyTheJdkAnd("io.hongyan.rules..", "org.slf4j.."), Logs.class);
    }

    @Test
    void theJdkAndJspecifyAreAlwaysWelcome() {
        assertPasses(ImportRules.importsOnlyTheJdkAnd(), OfTheJdk.class);
    }

    @Test
    void forbiddenImportIsCaughtInAMethodBody() {
        assertCaught(ImportRules.neverImports("io.netty.."), HidesNetty.class);
    }

    @Test
    void packagesInACycleAreCaught() {
        String planted = "io.hongyan.rules.planted";
        JavaClasses both = new ClassFileImporter().importPackages(planted + ".left", planted + ".right");
        assertThatThrownBy(() -> ImportRules.PACKAGES_FORM_NO_CYCLE.check(both))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("Cycle detected");
        JavaClasses one = new ClassFileImporter().importPackages(planted + ".left");
        assertThatCode(() -> ImportRules.PACKAGES_FORM_NO_CYCLE.check(one)).doesNotThrowAnyException();
    }

    @Test
    void socketIsCaughtAndItsAddressIsNot() {
        assertCaught(ImportRules.NEVER_USES_SOCKETS, Connects.class);
        assertCaught(ImportRules.NEVER_USES_SOCKETS, Listens.class);
        assertPasses(ImportRules.NEVER_USES_SOCKETS, KnowsAnAddress.class);
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                Takes.class,
                TakesInsideAGeneric.class,
                ReturnsAnArray.class,
                Extends.class,
                Throws.class,
                HasAProtectedField.class,
                IsBoundedBy.class
            })
    void exposedTypeIsCaught(Class<?> culprit) {
        assertCaught(NO_NETTY_EXPOSED, culprit);
    }

    @Test
    void hiddenTypePasses() {
        assertPasses(NO_NETTY_EXPOSED, HidesNetty.class);
        assertPasses(NO_NETTY_EXPOSED, NotPublic.class);
    }

    static final class Logs {
        @Nullable
        Logger log;
    }

    static final class OfTheJdk {
        final byte[][] bytes = new byte[2][2];

        @Nullable
        Mac mac;
    }

    static final class Connects {
        @Nullable
        Socket socket;
    }

    static final class Listens {
        @Nullable
        ServerSocket socket;
    }

    static final class KnowsAnAddress {
        @Nullable
        InetSocketAddress address;
    }

    public static final class Takes {
        public void take(Channel channel) {}
    }

    public static final class TakesInsideAGeneric {
        public void take(List<? super Consumer<ByteBuf>> consumers) {}
    }

    public abstract static class ReturnsAnArray {
        protected abstract ByteBuf[] all();
    }

    public static final class Extends extends ChannelInboundHandlerAdapter {}

    public static final class Throws {
        public void take() throws ChannelException {}
    }

    public static class HasAProtectedField {
        protected @Nullable Channel channel;
    }

    public interface IsBoundedBy<T extends Channel> {}

    public static final class HidesNetty {
        private @Nullable Channel channel;

        void use(Channel other) {
            channel = other;
        }

        public boolean isOpen() {
            return channel != null && channel.isOpen();
        }
    }

    static final class NotPublic {
        public void take(Channel channel) {}
    }
}
