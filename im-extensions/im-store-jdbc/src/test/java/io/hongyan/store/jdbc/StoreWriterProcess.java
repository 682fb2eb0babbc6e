// SPDX-License-Identifier: Apache-2.0
package io.hongyan.store.jdbc;

import io.hongyan.core.store.Appended;
import io.hongyan.core.store.ConversationId;
import io.hongyan.core.store.Envelope;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.MessageId;
import io.hongyan.protocol.packet.UserId;
import java.io.BufferedOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Semaphore;

/**
 * A process that appends as fast as it can until it is killed, and says of each message when it is kept: a line
 * {@code sender counter sequence position}.
 */
final class StoreWriterProcess {
    private static final int UNDER_WAY = 64;
    static final int SENDERS = 4;

    private StoreWriterProcess() {}

    /** {@code DIRECTORY INSTANCE}, or {@code URL USER PASSWORD INSTANCE}. */
    public static void main(String[] args) throws Exception {
        long instance = Long.parseLong(args[args.length - 1]);
        JdbcMessageStore store = args.length == 2
                ? JdbcMessageStore.sqlite(Path.of(args[0])).open()
                : JdbcMessageStore.jdbc(args[0], args[1], args[2]).open();
        PrintStream out = new PrintStream(new BufferedOutputStream(System.out), false);
        Semaphore window = new Semaphore(UNDER_WAY);
        for (long counter = 1; ; counter++) {
            for (int sender = 0; sender < SENDERS; sender++) {
                window.acquire();
                Envelope envelope = envelope(sender, instance, counter);
                long number = counter;
                int from = sender;
                store.append(envelope).whenComplete((appended, failure) -> {
                    if (failure == null && appended.code() == ReasonCode.OK) {
                        say(out, from, number, appended);
                    }
                    window.release();
                });
            }
        }
    }

    static ConversationId conversation(int sender) {
        return ConversationId.ofUsers(user(sender), Messages.BOB);
    }

    static UserId user(int sender) {
        return new UserId("sender" + sender);
    }

    private static Envelope envelope(int sender, long instance, long counter) {
        Message message = Message.text(
                        new MessageId(instance, counter), new Address.User(Messages.BOB), "x".repeat(200))
                .withServerFields(new Address.User(user(sender)), null, 0, Messages.NOW);
        return new Envelope(conversation(sender), message, List.of(Messages.BOB, user(sender)));
    }

    private static synchronized void say(PrintStream out, int sender, long counter, Appended appended) {
        out.println(sender + " " + counter + " " + appended.sequence() + " "
                + appended.positions().get(0));
        out.flush();
    }
}
