// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.chat;

import io.hongyan.client.IncomingMessage;
import io.hongyan.examples.cli.EscapedText;
import io.hongyan.protocol.packet.ContentKind;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** Incoming messages on standard output, one line each; all else on standard error. For all threads. */
final class ChatScreen {

    private final OutputStream messages;
    private final PrintStream notices;

    /** @param messages unbuffered: a line must be seen when it is there */
    ChatScreen(OutputStream messages, PrintStream notices) {
        this.messages = messages;
        this.notices = notices;
    }

    /** @throws IOException when nobody reads the output any more */
    void show(IncomingMessage message) throws IOException {
        String text = message.contentKind() == ContentKind.BINARY
                ? "(" + message.payload().size() + " bytes)"
                : EscapedText.of(message.text());
        String copy = message.isCopy() ? " to " + EscapedText.of(message.to().toString()) : "";
        String line = EscapedText.of(message.from()) + copy + ": " + text + "\n";
        synchronized (messages) {
            messages.write(line.getBytes(StandardCharsets.UTF_8));
            messages.flush();
        }
    }

    void notice(String sentence) {
        notices.println(sentence);
    }
}
