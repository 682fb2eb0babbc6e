// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.demo;

import io.hongyan.examples.cli.HongyanCommand;
import io.hongyan.examples.cli.LogLevel;
import java.io.IOException;
import picocli.CommandLine.Command;

/** {@code demo}: what Hongyan does, in ten seconds. */
@Command(
        name = "demo",
        description = "Shows a conversation over TCP, over a bad UDP link, and with one who was away.",
        footer = {"", "Exit code 0 only if nothing was lost, doubled or out of order."})
public final class DemoCommand extends HongyanCommand {

    public DemoCommand() {
        super(LogLevel.ERROR);
    }

    @Override
    protected int run() throws IOException {
        return new Demo(System.out).run();
    }
}
