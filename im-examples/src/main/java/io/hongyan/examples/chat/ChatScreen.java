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
        String text = textOf(message);
        String line = EscapedText.of(message.from()) + ": " + text + "\n";
        synchronized (messages) {
            messages.write(line.getBytes(StandardCharsets.UTF_8));
            messages.flush();
        }
    }

    /** What the same person sent from another device: no message for him, so not among them. */
    void showCopy(IncomingMessage message) {
        notice("From your other device, to " + EscapedText.of(message.to().toString()) + ": " + textOf(message));
    }

    private static String textOf(IncomingMessage message) {
        return message.contentKind() == ContentKind.BINARY
                ? "(" + message.payload().size() + " bytes)"
                : EscapedText.of(message.text());
    }

    void notice(String sentence) {
        notices.println(sentence);
    }
}
