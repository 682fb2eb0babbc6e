// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.cli;

/** Ends a command with an exit code, and one sentence for the person who started it. */
public final class CommandFailure extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final int exitCode;

    private CommandFailure(int exitCode, String sentence) {
        super(sentence, null, false, false);
        this.exitCode = exitCode;
    }

    /** The command line or the configuration asks for what cannot be. */
    public static CommandFailure usage(String sentence) {
        return new CommandFailure(ExitCode.USAGE, sentence);
    }

    /** A listener cannot be bound, or no server answers. */
    public static CommandFailure noSocket(String sentence) {
        return new CommandFailure(ExitCode.NO_SOCKET, sentence);
    }

    public int exitCode() {
        return exitCode;
    }
}
