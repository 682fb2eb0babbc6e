// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.chat;

import io.hongyan.client.ConnectionListener;
import io.hongyan.client.ImClient;
import io.hongyan.client.ImClientException;
import io.hongyan.client.IncomingMessage;
import io.hongyan.client.ReceiptLevel;
import io.hongyan.client.ReconnectPolicy;
import io.hongyan.client.SendOptions;
import io.hongyan.client.ServerAddress;
import io.hongyan.examples.chat.Addressing.Addressed;
import io.hongyan.examples.chat.ChatGoal.State;
import io.hongyan.examples.chat.ChatGoal.Verdict;
import io.hongyan.examples.cli.CommandFailure;
import io.hongyan.examples.cli.EndSignals;
import io.hongyan.examples.cli.EscapedText;
import io.hongyan.examples.cli.ExitCode;
import io.hongyan.examples.cli.Utf8Console.Input;
import io.hongyan.protocol.ProtocolException;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.Payload;
import io.hongyan.protocol.packet.UserId;
import io.hongyan.transport.netty.ClientTls;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * One chat from login to logout.
 *
 * <p>Three threads besides the client's: one reads lines, one posts them, the main one waits for the end. What they share
 * is guarded by this object's lock. It may be held while the outbox is asked, never the other way round.
 */
final class ChatRun implements ConnectionListener, Outbox.Post, Outbox.Fate {

    /** Room for a line that no server may take. */
    private static final int MAX_LINE_BYTES = (1 << 24) - 1;

    private static final SendOptions HOW = SendOptions.text().awaiting(ReceiptLevel.DELIVERED);
    private static final long LOOK_AGAIN_MILLIS = 100;
    /** A person, or a script with a time-out, wants to know soon that a server has vanished without a word. */
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(5);

    private static final Duration PING_TIMEOUT = Duration.ofSeconds(4);
    private static final Duration PROGRESS_TIMEOUT = Duration.ofSeconds(6);
    /** Soon: a script's time-out runs. */
    private static final ReconnectPolicy COME_BACK =
            new ReconnectPolicy(Duration.ofMillis(200), Duration.ofSeconds(2), null);
    /** What may lack its DELIVERED, for instance because its addressee is away. */
    private static final int WINDOW_MESSAGES = 65_536;

    private static final long WINDOW_BYTES = 64L << 20;

    private final ChatGoal goal;
    private final String user;
    private final Addressing addressing;
    private final ChatScreen screen = new ChatScreen(new FileOutputStream(FileDescriptor.out), System.err);
    private final Outbox outbox = new Outbox(this, System::nanoTime, this);
    private final ImClient client;
    private final Changes changes = new Changes();
    private final Map<String, LineRanges> unsent = new LinkedHashMap<>();

    private final long startNanos = System.nanoTime();
    private volatile int maxFrameBytes;
    private @Nullable Thread reader;
    private long lines;
    private long received;
    private boolean inputEnded;
    private long inputEndedNanos;
    private boolean online;
    private long lostNanos = startNanos;
    private boolean leaving;
    private @Nullable ReasonCode closed;
    private @Nullable String stopped;
    private int stoppedWith = ExitCode.INCOMPLETE;

    /** @param tls for servers with TLS; null = as the Java runtime has it */
    ChatRun(
            List<ServerAddress> servers,
            String user,
            String device,
            String token,
            @Nullable String to,
            @Nullable ClientTls tls,
            ChatGoal goal) {
        this.goal = goal;
        this.user = user;
        this.addressing = new Addressing(to);
        ImClient.Builder builder = ImClient.builder()
                .user(user)
                .device(device)
                .token(token)
                .onMessage(this::incoming)
                .receiptListener(outbox)
                .connectionListener(this)
                .presenceListener((peer, there, since) ->
                        screen.notice(EscapedText.of(peer) + (there ? " is online" : " is offline")))
                .keepAlive(KEEP_ALIVE)
                .pingTimeout(PING_TIMEOUT)
                .progressTimeout(PROGRESS_TIMEOUT)
                .reconnect(COME_BACK)
                .window(WINDOW_MESSAGES, WINDOW_BYTES);
        servers.forEach(server -> builder.server(server.toString()));
        if (tls != null) {
            builder.tls(tls);
        }
        this.client = builder.build();
    }

    /** @throws CommandFailure if the first connect fails or the login is refused */
    int run() throws InterruptedException {
        EndSignals.handle(() -> stop("Interrupted.", ExitCode.OK));
        connect();
        String peer = addressing.peer();
        if (peer != null) {
            watch(peer);
        }
        if (goal.input() != Input.NONE) {
            reader = start("chat-input", this::readLines);
        }
        start("chat-sender", outbox::run);
        Verdict verdict = awaitEnd();
        outbox.close();
        if (reader != null) {
            // It may hold one line more; it may also wait for input that never comes.
            reader.join(LOOK_AGAIN_MILLIS);
        }
        client.close();
        return report(verdict);
    }

    private void connect() {
        try {
            client.connect().join();
        } catch (CompletionException e) {
            client.close();
            throw CommandFailure.usage("No login: " + sentence(e.getCause()));
        }
    }

    @Override
    public long post(String to, String text) {
        return client.post(Address.user(to), Payload.text(text), HOW);
    }

    /** Without a connection the last one counts: most servers stay what they were. */
    @Override
    public int mostBytesInOnePiece() {
        int frameBytes = client.maxFrameBytes();
        if (frameBytes > 0) {
            maxFrameBytes = frameBytes;
        }
        return maxFrameBytes;
    }

    // Standard input.

    private void readLines() throws InterruptedException {
        try {
            LineReader reader = new LineReader(new FileInputStream(FileDescriptor.in), MAX_LINE_BYTES);
            for (InputLine line = reader.next(); line != null; line = reader.next()) {
                take(line);
            }
        } catch (IOException unreadable) {
            screen.notice("Standard input cannot be read: " + unreadable.getMessage());
        }
        synchronized (this) {
            inputEnded = true;
            inputEndedNanos = System.nanoTime();
            changed();
        }
    }

    private void take(InputLine line) throws InterruptedException {
        synchronized (this) {
            lines++;
        }
        switch (line.content()) {
            case TOO_LONG -> leaveOut(line, "larger than any message may be");
            case NOT_UTF8 -> leaveOut(line, "not UTF-8");
            case TEXT -> {
                if (!line.text().isBlank()) {
                    send(line, addressing.address(line.text()));
                }
            }
        }
    }

    private void send(InputLine line, Addressed addressed) throws InterruptedException {
        String to = addressed.user();
        if (to == null) {
            nobody(line);
        } else if (!isName(to)) {
            leaveOut(line, "addressed to what cannot be a name");
        } else if (!addressed.text().isBlank()) {
            watch(to);
            outbox.put(new Outgoing(line.number(), to, addressed.text()));
        }
    }

    private void nobody(InputLine line) {
        String sentence =
                "Line " + line.number() + " has nobody to go to: begin it with @NAME, or start with --to NAME.";
        if (goal.piped()) {
            stop(sentence, ExitCode.USAGE);
        } else {
            screen.notice("Nobody to talk to yet: begin the line with @NAME, as in `@bob hi`.");
        }
    }

    private synchronized void leaveOut(InputLine line, String why) {
        unsent.computeIfAbsent(why, any -> new LineRanges()).add(line.number());
        if (!goal.piped()) {
            screen.notice("Not sent: " + why + ".");
        }
    }

    /** A person wants to know whether his peer is there; a script does not. */
    private void watch(String peer) {
        if (!goal.piped() && isName(peer)) {
            client.subscribe(peer);
        }
    }

    private static boolean isName(String text) {
        try {
            new UserId(text);
            return true;
        } catch (ProtocolException | IllegalArgumentException e) {
            return false;
        }
    }

    // What comes in.

    private void incoming(IncomingMessage message) {
        if (message.isCopy()) {
            screen.showCopy(message);
            return;
        }
        addressing.heard(message.from());
        watch(message.from());
        try {
            screen.show(message);
        } catch (IOException nobodyReads) {
            stop("Nobody reads the output any more.", ExitCode.INCOMPLETE);
            neverReturn();
            return;
        }
        synchronized (this) {
            received++;
        }
        changed();
    }

    /** What was not shown must not be confirmed: the server keeps it for the next login. */
    private static void neverReturn() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException theClientIsGone) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void delivered(Outgoing line) {
        if (!goal.piped()) {
            screen.notice("  delivered to " + line.to());
        }
    }

    @Override
    public void failed(Outgoing line, ReasonCode code) {
        if (!goal.piped()) {
            screen.notice("  not delivered to " + line.to() + ": " + sentence(code));
        }
    }

    @Override
    public void changed() {
        changes.tell();
    }

    @Override
    public synchronized void connected(ServerAddress server) {
        online = true;
        screen.notice("online as " + user + " at " + server);
    }

    @Override
    public void disconnected(ReasonCode reason, long retryMillis) {
        synchronized (this) {
            if (!online) {
                return;
            }
            online = false;
            lostNanos = System.nanoTime();
            screen.notice("connection lost (" + sentence(reason) + "), coming back");
        }
        outbox.lost();
    }

    @Override
    public synchronized void closed(ReasonCode reason) {
        if (leaving) {
            return;
        }
        closed = reason;
        changed();
    }

    // The end.

    private synchronized void stop(String why, int exitCode) {
        if (stopped == null) {
            stopped = why;
            stoppedWith = exitCode;
        }
        changed();
    }

    private Verdict awaitEnd() throws InterruptedException {
        while (true) {
            long seen = changes.count();
            Verdict verdict = judge();
            if (verdict != Verdict.GO_ON) {
                return verdict;
            }
            changes.awaitMoreThan(seen, LOOK_AGAIN_MILLIS);
        }
    }

    private Verdict judge() {
        // First: once the input has ended, what the outbox says of its lines is said of all lines.
        boolean ended = inputEnded();
        boolean allAccepted = outbox.allAccepted();
        boolean allDelivered = outbox.isEmpty();
        Duration waiting = allAccepted ? Duration.ZERO : since(outbox.waitingSinceNanos());
        synchronized (this) {
            Verdict verdict = stopped != null || closed != null
                    ? Verdict.GIVEN_UP
                    : goal.judge(new State(
                            since(startNanos),
                            ended,
                            ended ? since(inputEndedNanos) : Duration.ZERO,
                            online ? Duration.ZERO : since(lostNanos),
                            waiting,
                            received,
                            allAccepted,
                            allDelivered));
            // What follows is our own closing.
            leaving = verdict != Verdict.GO_ON;
            return verdict;
        }
    }

    private synchronized boolean inputEnded() {
        return inputEnded;
    }

    /** Says what is missing, in sentences, and turns it into an exit code. */
    private synchronized int report(Verdict verdict) {
        boolean complete = reportLines();
        if (goal.piped() && !inputEnded && (stopped == null || stoppedWith == ExitCode.OK)) {
            screen.notice("Not read, and not sent: whatever follows line " + lines);
            complete = false;
        }
        Long wanted = goal.exitAfter();
        if (wanted != null && received < wanted) {
            screen.notice("Only " + received + " of " + wanted + " messages came in.");
            complete = false;
        }
        if (stopped != null) {
            if (stoppedWith == ExitCode.OK && !goal.piped() && complete) {
                return ExitCode.OK;
            }
            screen.notice(stopped);
            return Math.max(stoppedWith, ExitCode.INCOMPLETE);
        }
        if (closed != null) {
            screen.notice("The session has ended: " + sentence(closed) + ".");
            return closed == ReasonCode.LOGIN_REFUSED ? ExitCode.USAGE : ExitCode.INCOMPLETE;
        }
        return verdict == Verdict.REACHED && complete ? ExitCode.OK : ExitCode.INCOMPLETE;
    }

    /** Whether every line is where it should be: delivered, or in a terminal at least accepted. */
    private boolean reportLines() {
        LineRanges undelivered = outbox.undeliveredLines();
        LineRanges unaccepted = outbox.unacceptedLines();
        outbox.failedLines().forEach((code, lines) -> screen.notice("Not delivered: " + lines + ": " + sentence(code)));
        unsent.forEach((why, lines) -> screen.notice("Not sent: " + lines + ": " + why));
        if (unaccepted.size() > 0) {
            screen.notice("Not sent: " + unaccepted + ": the server did not accept them in time");
        }
        if (undelivered.size() > 0) {
            screen.notice(
                    "Not confirmed by a device: " + undelivered + (goal.piped() ? "" : " (the server keeps them)"));
        }
        if (goal.piped() && lines > 0) {
            screen.notice(outbox.deliveredLines() + " delivered");
        }
        return outbox.failedLines().isEmpty()
                && unsent.isEmpty()
                && unaccepted.size() == 0
                && (undelivered.size() == 0 || !goal.piped());
    }

    private static String sentence(ReasonCode code) {
        return code.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static String sentence(@Nullable Throwable failure) {
        return failure instanceof ImClientException refused
                ? Objects.requireNonNullElse(refused.getMessage(), "refused")
                : String.valueOf(failure);
    }

    private static Duration since(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos);
    }

    private static Thread start(String name, Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private interface Work {
        void run() throws InterruptedException;
    }
}
