// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.cli;

import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SIGTERM and SIGINT: the first asks for an orderly end, the second ends the process at once with
 * {@link ExitCode#INCOMPLETE}.
 *
 * <p>The JVM's own answer to both is an exit code above 128; a server that drained well must say 0. {@code sun.misc.Signal}
 * is the supported way ({@code jdk.unsupported}), reached by reflection because javac warns of it without a switch.
 */
public final class EndSignals {

    private static final Logger LOG = LoggerFactory.getLogger(EndSignals.class);

    private EndSignals() {}

    /** @param onFirst runs once, on a thread of its own */
    public static void handle(Runnable onFirst) {
        AtomicBoolean asked = new AtomicBoolean();
        for (String name : new String[] {"TERM", "INT"}) {
            install(name, () -> {
                if (asked.getAndSet(true)) {
                    Runtime.getRuntime().halt(ExitCode.INCOMPLETE);
                }
                onFirst.run();
            });
        }
    }

    /** The JVM calls the handler of each signal on a new thread. */
    private static void install(String name, Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object proxy =
                    Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, (self, m, args) -> {
                        if (m.getName().equals("handle")) {
                            action.run();
                        }
                        return null;
                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            LOG.warn("SIG{} cannot be handled here and ends the process at once: {}", name, e.toString());
        }
    }
}
