// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.cli;

import io.hongyan.transport.netty.ClientTls;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Reads {@code --trust}, {@code --client-cert} and {@code --client-key} from a command line. */
public final class Trust {

    private Trust() {}

    /**
     * What to trust, and who to be.
     *
     * @return null when nothing was said: then the Java runtime decides
     * @throws CommandFailure with a sentence that says what is wrong
     */
    public static @Nullable ClientTls read(@Nullable Path trust, @Nullable Path certificates, @Nullable Path key) {
        if (trust == null && certificates == null && key == null) {
            return null;
        }
        try {
            return ClientTls.load(trust, certificates, key, null);
        } catch (IOException e) {
            throw CommandFailure.usage("No TLS: " + e.getMessage() + ".");
        }
    }
}
