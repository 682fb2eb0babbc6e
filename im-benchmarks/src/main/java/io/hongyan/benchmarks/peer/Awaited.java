// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.peer;

import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Results that a connecting thread waits for. */
final class Awaited {

    private Awaited() {}

    static <T> T within(int seconds, Future<T> future) throws IOException {
        try {
            return future.get(seconds, TimeUnit.SECONDS);
        } catch (ExecutionException failed) {
            throw new IOException(String.valueOf(failed.getCause()), failed.getCause());
        } catch (TimeoutException late) {
            throw new IOException("no answer within " + seconds + " s", late);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", interrupted);
        }
    }
}
