// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.cli;

/** The exit codes of the executable jar, for scripts. Documented in {@code docs/guide/cli.md}. */
public final class ExitCode {

    /** All that was asked for happened. */
    public static final int OK = 0;

    /** It ran, but not everything happened: a message is missing, an order broken, an end forced. */
    public static final int INCOMPLETE = 1;

    /** The command line, the configuration or the credentials are wrong, or this build cannot do it. */
    public static final int USAGE = 2;

    /** No socket: the server cannot bind, the load generator cannot connect. */
    public static final int NO_SOCKET = 3;

    private ExitCode() {}
}
