// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.DeviceId;
import io.hongyan.protocol.packet.Login;
import io.hongyan.protocol.packet.Payload;
import io.hongyan.protocol.packet.UserId;
import io.hongyan.protocol.rudp.CongestionControl;
import io.hongyan.transport.netty.ClientTls;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One device of one user at a server: connects over TCP or UDP, sends with receipts, hears messages, comes back by
 * itself after a loss.
 *
 * <pre>{@code
 * try (ImClient alice = ImClient.builder()
 *         .server("udp://127.0.0.1:7901").user("alice").token("secret")
 *         .onMessage(m -> System.out.println(m.from() + ": " + m.text()))
 *         .connect().join()) {
 *     alice.send("bob", "hi").toCompletableFuture().join();
 * }
 * }</pre>
 *
 * <p><b>Promises.</b> A message that was taken is sent until its awaited receipt is there, over as many connections as
 * it takes, with the same id; messages of one lane arrive in the order in which they were given. A message that comes in
 * is shown once, however often it came, and acknowledged when its listener has returned.
 *
 * <p><b>Threads.</b> Every method may be called from any thread and none blocks, but {@link #close}. For the listeners'
 * threads see {@link MessageListener}. Stages complete on a thread of the {@link ClientRuntime}, apart from the
 * listeners' lane, so that a listener may wait for one; do not block in what hangs on a stage.
 *
 * <p><b>Life.</b> Built, connected once, closed once: by {@link #close}, or by the server with a code that says do not
 * come back, or by {@link ReconnectPolicy#giveUpAfter}.
 */
@ThreadSafe
public final class ImClient implements AutoCloseable {

    /** What {@link #post} returns when the outgoing window is full. */
    public static final long BACKPRESSURED = Intake.FULL;

    /** What {@link #post} returns when the client is closed. */
    public static final long CLOSED = Intake.CLOSED;

    private final ClientConfig config;
    private final ClientRuntime runtime;
    private final boolean ownsRuntime;
    private final Intake intake;
    private final ReadMarks reads = new ReadMarks();
    private final PresenceWatch watch = new PresenceWatch();
    private final Callbacks callbacks;
    private final ClientSession session;

    private ImClient(ClientConfig config, ClientRuntime runtime, boolean ownsRuntime, @Nullable Executor executor) {
        this.config = config;
        this.runtime = runtime;
        this.ownsRuntime = ownsRuntime;
        this.intake = new Intake(config.instance(), config.windowMessages(), config.windowBytes());
        var owner = runtime.network().nextOwner();
        ListenerInvoker invoker = new ListenerInvoker(runtime.nanoTime());
        this.callbacks = config.sameThread()
                ? new InlineCallbacks(owner, invoker, config.onMessage())
                : new LaneCallbacks(
                        executor == null ? runtime.workers() : executor,
                        runtime.completions(),
                        invoker,
                        config.onMessage(),
                        config.laneMessages(),
                        config.laneBytes());
        this.session = new ClientSession(config, runtime, owner, intake, reads, watch, callbacks, runtime.random());
        runtime.add(session, ownsRuntime);
    }

    /** Collects what a client is made from. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Connects to the first server that answers, and logs in. May be called once; again it returns the same. Several
     * servers are tried in their order, each 250 ms after the one before or as soon as that one failed; the first that
     * answers gets the login, and the others are let go.
     *
     * @return completes with this client when it is logged in; fails with an {@link ImClientException} when no server
     *     could be reached or the login was refused, and the client is closed then
     */
    public CompletableFuture<ImClient> connect() {
        if (!session.inOwner(session::start)) {
            session.connected()
                    .completeExceptionally(new ImClientException(ReasonCode.CLOSED_LOCALLY, "the runtime is closed"));
        }
        return session.connected().thenApply(done -> this);
    }

    /** Sends text to a user; completes when the server has accepted it. */
    public CompletionStage<Receipt> send(String user, String text) {
        return send(Address.user(user), Payload.text(text), SendOptions.text());
    }

    /** Sends text to a user; completes when it has come as far as this level. */
    public CompletionStage<Receipt> send(String user, String text, ReceiptLevel awaited) {
        return send(Address.user(user), Payload.text(text), SendOptions.text().awaiting(awaited));
    }

    /**
     * Sends a message. Until the client is connected, and while it is coming back, messages wait in its window.
     *
     * @return completes with the receipt, also of a message that was refused: look at {@link Receipt#code}. It is
     *     {@link ReasonCode#BACKPRESSURED} at once when the window is full, {@link ReasonCode#CLOSED_LOCALLY} when the
     *     client is closed. A message in the ephemeral lane completes when it is written, with no level. Never fails.
     */
    public CompletionStage<Receipt> send(Address to, Payload payload, SendOptions options) {
        ReceiptFuture future = new ReceiptFuture();
        long counter = offer(to, payload, options, future);
        if (counter < 0) {
            future.complete(
                    new Receipt(0, counter == CLOSED ? ReasonCode.CLOSED_LOCALLY : ReasonCode.BACKPRESSURED, null));
        }
        return future.stage();
    }

    /**
     * Takes back a message, as far as it has not left: a clip of which half is sent, or what waits for a connection. The
     * server forgets the half it has, and its receipt is {@link ReasonCode#CANCELLED}. Once the whole message was handed to
     * the network, over whichever connection, it is too late, and its receipt is what it would have been. What the network
     * has of it when it is taken back still goes: up to 1.5 MiB over UDP, far less over TCP.
     *
     * @param sent what {@link #send(Address, Payload, SendOptions)} returned; any other stage, or that of a message with a
     *     receipt, does nothing
     */
    public void cancel(CompletionStage<Receipt> sent) {
        Objects.requireNonNull(sent, "sent");
        session.inOwner(() -> session.cancel(sent));
    }

    /**
     * As {@link #cancel(CompletionStage)}, of a message that was posted.
     *
     * @param counter what {@link #post} returned; one that was never given does nothing
     */
    public void cancel(long counter) {
        session.inOwner(() -> session.cancel(counter));
    }

    /**
     * Sends a message without a stage: the lean way, its outcome comes to the {@link ReceiptListener}.
     *
     * @return the message's counter, from 1, or {@link #BACKPRESSURED}: nothing was taken, try again when
     *     {@link Builder#onWritable} is called; or {@link #CLOSED}
     */
    public long post(Address to, Payload payload, SendOptions options) {
        return offer(to, payload, options, null);
    }

    /**
     * Says that the person has read these messages: their senders hear of it, and this user's other devices. It is sent
     * until the server has it, also over the next connection. Saying it again does no harm; messages in the ephemeral lane
     * and copies of the user's own are passed over.
     *
     * @return false when some were not taken: those of 1,024 senders wait already, or the client is closed
     */
    public boolean markRead(IncomingMessage... messages) {
        boolean taken = true;
        for (IncomingMessage message : messages) {
            taken &= message.isCopy() || reads.mark(message.packet());
        }
        session.drainSoon();
        return taken;
    }

    /**
     * Asks to be told when these users come and go, until {@link #unsubscribe}, over all connections. The
     * {@link PresenceListener} hears how each stands now, unless the server does not let this user see him.
     *
     * @return false when these would be more than 1,024 users; none of them is subscribed to then
     * @throws IllegalArgumentException when a name cannot be one
     */
    public boolean subscribe(String... users) {
        boolean taken = watch.subscribe(idsOf(users));
        session.drainSoon();
        return taken;
    }

    /** Asks to be told no more when these users come and go. */
    public void unsubscribe(String... users) {
        watch.unsubscribe(idsOf(users));
        session.drainSoon();
    }

    /** Who this client speaks for. */
    public UserId user() {
        return config.user();
    }

    /** On which device. */
    public DeviceId device() {
        return config.device();
    }

    /** The first half of the ids of this client's messages. */
    public long instance() {
        return config.instance();
    }

    /**
     * The device has another network, or may have: to be called when the platform says so, from any thread. A UDP link goes
     * on from there at once. A link whose server does not answer a ping within 3 s is given up. A client that waits to come
     * back does so now, unless a server asked for the delay. How long a NAT there keeps a silent link is learned anew.
     */
    public void networkChanged() {
        session.inOwner(() -> session.networkChanged(null));
    }

    /**
     * As {@link #networkChanged()}, and says which network it is, so that what was learned there before is known: how rarely
     * a UDP link needs a ping. The 16 networks used last are remembered while the client lives.
     *
     * @param name that the application gives the network, such as the access point's or the carrier's name, or a hash of
     *     it; it never leaves the device. 1 to 256 characters
     */
    public void networkChanged(String name) {
        String known = requireNetworkName(name);
        session.inOwner(() -> session.networkChanged(known));
    }

    /** Whether the client is logged in at this moment. */
    public boolean isConnected() {
        return session.link() != null;
    }

    /** Whether the client has ended and takes no more messages. */
    public boolean isClosed() {
        ClientState state = session.state();
        return state == ClientState.CLOSING || state == ClientState.CLOSED;
    }

    /** Where the client is logged in at this moment. */
    public @Nullable ServerAddress server() {
        Link link = session.link();
        return link == null ? null : link.server();
    }

    /** The longest frame, in bytes, that the server of the moment takes whole; 0 without a connection. */
    public int maxFrameBytes() {
        Link link = session.link();
        return link == null ? 0 : link.maxFrameBytes();
    }

    /**
     * The largest payload, in bytes, that the server of the moment takes; 0 without a connection. A larger one is not
     * sent: its receipt is {@link ReasonCode#MESSAGE_TOO_LARGE}, at once, or at the login that it waited for.
     */
    public int maxMessageBytes() {
        Link link = session.link();
        return link == null ? 0 : link.maxMessageBytes();
    }

    /** Whether the server of the moment has a durable store, so that it answers {@link ReceiptLevel#STORED}. */
    public boolean storesDurably() {
        Link link = session.link();
        return link != null && link.storesDurably();
    }

    /**
     * How many frames, or parts of frames, this client had to send again, over all its connections that have ended. Over
     * TCP the kernel does it unseen: 0.
     */
    public long retransmissions() {
        return session.retransmissions();
    }

    /**
     * Begins to close: takes no more messages, shows no more, waits a bound for the server's answers to what was sent,
     * acknowledges what was shown, logs out.
     *
     * @return completes when the client has ended and its last callback has returned
     */
    public CompletionStage<Void> closeAsync() {
        intake.close();
        reads.close();
        callbacks.discardMessages();
        if (!session.inOwner(session::close)) {
            session.ended().complete(null);
        }
        return session.ended().minimalCompletionStage();
    }

    /**
     * As {@link #closeAsync}, and waits: at most twice the close time-out (2 s) and a second. Called from a listener it
     * does not wait. Closing again does nothing. What the server has not answered by then is told as failed with
     * {@link ReasonCode#CLOSED_LOCALLY}.
     */
    @Override
    public void close() {
        closeAsync();
        if (callbacks.inCallback() || runtime.isOwnThread()) {
            return;
        }
        runtime.awaitEnd(session.ended(), 2 * config.closeTimeoutNanos() + 1_000_000_000L);
        if (ownsRuntime) {
            runtime.close();
        }
    }

    @Override
    public String toString() {
        return "ImClient[" + config.user() + "/" + config.device() + " " + session.state() + "]";
    }

    static String requireNetworkName(String name) {
        if (name.isEmpty() || name.length() > 256) {
            throw new IllegalArgumentException("a network's name has 1 to 256 characters, not " + name.length());
        }
        return name;
    }

    private static List<UserId> idsOf(String... users) {
        return Arrays.stream(users).map(UserId::new).toList();
    }

    private long offer(Address to, Payload payload, SendOptions options, @Nullable CompletableFuture<Receipt> future) {
        long counter = intake.offer(to, payload, options, future);
        if (counter > 0) {
            session.drainSoon();
        }
        return counter;
    }

    /** Collects what a client is made from. A server and a user are needed; all else has a default. Not thread-safe. */
    public static final class Builder {

        private final List<String> servers = new ArrayList<>();
        private @Nullable String user;
        private @Nullable String device;
        private String platform = "java";
        private Supplier<String> token = () -> "";
        private boolean tokenIsConstant = true;
        private MessageListener onMessage = message -> {};
        private ConnectionListener connectionListener = new ConnectionListener() {};
        private ReceiptListener receiptListener = ClientSession.NO_RECEIPTS;
        private ReadListener readListener = ClientSession.NO_READS;
        private PresenceListener presenceListener = (user, online, since) -> {};
        private Runnable onWritable = () -> {};
        private @Nullable ClientRuntime runtime;
        private final ClientRuntime.Builder ownRuntime = ClientRuntime.builder();
        private boolean tunesOwnRuntime;
        private @Nullable Executor executor;
        private boolean sameThread;
        private ReconnectPolicy reconnect = ReconnectPolicy.defaults();
        private Duration keepAlive = Duration.ZERO;
        private Duration connectTimeout = Duration.ofSeconds(5);
        private Duration loginTimeout = Duration.ofSeconds(10);
        private Duration pingTimeout = Duration.ofSeconds(10);
        private Duration progressTimeout = Duration.ofSeconds(30);
        private Duration closeTimeout = Duration.ofSeconds(2);
        private @Nullable Predicate<ServerAddress> redirects;
        private int windowMessages = 16_384;
        private long windowBytes = 4 << 20;
        private int laneMessages = 1_024;
        private long laneBytes = 1 << 20;
        private @Nullable ClientTls tls;
        private @Nullable Path trust;

        private Builder() {}

        /**
         * Where to connect: {@code tcp://host:port}, {@code tls://host:port} or {@code udp://host:port}. Several race, see
         * {@link #connect}. Only {@code tls} hides what is said, and proves who the server is.
         */
        public Builder server(String... addresses) {
            servers.addAll(Arrays.asList(addresses));
            return this;
        }

        /**
         * Whom to trust as a {@code tls} server: the certificates in this PEM file, instead of those of the Java runtime. A
         * server's certificate must have the host of its address as a name, too.
         */
        public Builder trust(Path certificates) {
            this.trust = Objects.requireNonNull(certificates, "certificates");
            return this;
        }

        /** As {@link #trust}, and with a certificate of the client's own; it may be shared by many clients. */
        public Builder tls(ClientTls settings) {
            this.tls = Objects.requireNonNull(settings, "settings");
            return this;
        }

        /** Who logs in. */
        public Builder user(String id) {
            this.user = id;
            return this;
        }

        /** On which device; the same device again replaces its session before. Default: a random one for this client. */
        public Builder device(String id) {
            this.device = id;
            return this;
        }

        /** What the server is told about the device, at most 64 bytes; default {@code java}. */
        public Builder platform(String text) {
            this.platform = text;
            return this;
        }

        /** What the server's authenticator judges; default: nothing. */
        public Builder token(String secret) {
            Objects.requireNonNull(secret, "token");
            this.token = () -> secret;
            this.tokenIsConstant = true;
            return this;
        }

        /**
         * As {@link #token(String)}, asked for before every attempt, also one that then loses a race. It may block; it is
         * not called on an event loop.
         */
        public Builder token(Supplier<String> secret) {
            this.token = Objects.requireNonNull(secret, "token");
            this.tokenIsConstant = false;
            return this;
        }

        /** Hears the messages that come in; default: they are acknowledged and forgotten. */
        public Builder onMessage(MessageListener listener) {
            this.onMessage = Objects.requireNonNull(listener, "onMessage");
            return this;
        }

        /** Hears how the connection fares. */
        public Builder connectionListener(ConnectionListener listener) {
            this.connectionListener = Objects.requireNonNull(listener, "connectionListener");
            return this;
        }

        /** Hears what became of messages, whether they were sent or posted. */
        public Builder receiptListener(ReceiptListener listener) {
            this.receiptListener = Objects.requireNonNull(listener, "receiptListener");
            return this;
        }

        /** Hears that messages were read: this client's by others, or those that came in, on another device. */
        public Builder readListener(ReadListener listener) {
            this.readListener = Objects.requireNonNull(listener, "readListener");
            return this;
        }

        /** Hears who comes and goes, of those subscribed to with {@link ImClient#subscribe}. */
        public Builder presenceListener(PresenceListener listener) {
            this.presenceListener = Objects.requireNonNull(listener, "presenceListener");
            return this;
        }

        /** Called when the window, which refused a message before, is half empty again. */
        public Builder onWritable(Runnable listener) {
            this.onWritable = Objects.requireNonNull(listener, "onWritable");
            return this;
        }

        /** As {@link ClientRuntime.Builder#redundancy}, for a client with a runtime of its own. */
        public Builder redundancy(boolean copies) {
            ownRuntime.redundancy(copies);
            tunesOwnRuntime = true;
            return this;
        }

        /** As {@link ClientRuntime.Builder#congestionControl}, for a client with a runtime of its own. */
        public Builder congestionControl(CongestionControl algorithm) {
            ownRuntime.congestionControl(algorithm);
            tunesOwnRuntime = true;
            return this;
        }

        /** As {@link ClientRuntime.Builder#maxDatagramBytes}, for a client with a runtime of its own. */
        public Builder maxDatagramBytes(int bytes) {
            ownRuntime.maxDatagramBytes(bytes);
            tunesOwnRuntime = true;
            return this;
        }

        /** Event loops and workers shared with other clients; default: one loop of this client's own, closed with it. */
        public Builder runtime(ClientRuntime shared) {
            this.runtime = Objects.requireNonNull(shared, "runtime");
            return this;
        }

        /**
         * Where the listeners' lane runs; default: the runtime's workers. It must not run tasks on their caller. Close the
         * client first: one whose executor refuses tasks for 10 s ends with {@link ReasonCode#CLOSED_LOCALLY}.
         */
        public Builder executor(Executor workers) {
            this.executor = Objects.requireNonNull(workers, "executor");
            this.sameThread = false;
            return this;
        }

        /** Listeners run, and stages complete, on the event loop, which they must never block: for tools. */
        public Builder sameThread() {
            this.executor = null;
            this.sameThread = true;
            return this;
        }

        /** How to come back; default {@link ReconnectPolicy#defaults}. */
        public Builder reconnect(ReconnectPolicy policy) {
            this.reconnect = Objects.requireNonNull(policy, "reconnect");
            return this;
        }

        /**
         * Which servers that are named by the server in use, when it goes away, may be gone to; called on the event loop,
         * so it must not block. Whoever is gone to learns the token. Over TLS only TLS is gone to, whatever the test says.
         * Default: over TLS any that speaks TLS; else the servers this client was built with, and other ports of the host
         * it is at.
         */
        public Builder redirects(Predicate<ServerAddress> trusted) {
            this.redirects = Objects.requireNonNull(trusted, "redirects");
            return this;
        }

        /** After how much silence to ask the server whether it is there, 1 s to 18 h; zero, the default: it decides. */
        public Builder keepAlive(Duration silence) {
            this.keepAlive = silence;
            return this;
        }

        /** Bound of finding a server and connecting to it, 1 ms to 1 h; default 5 s. */
        public Builder connectTimeout(Duration bound) {
            this.connectTimeout = bound;
            return this;
        }

        /** Bound of waiting for the answer to the login, 1 ms to 1 h; default 10 s. */
        public Builder loginTimeout(Duration bound) {
            this.loginTimeout = bound;
            return this;
        }

        /** Bound of waiting for the answer to a ping, 1 ms to 1 h; default 10 s. */
        public Builder pingTimeout(Duration bound) {
            this.pingTimeout = bound;
            return this;
        }

        /** How long the server may leave messages unanswered on a living connection, 1 ms to 1 h; default 30 s. */
        public Builder progressTimeout(Duration bound) {
            this.progressTimeout = bound;
            return this;
        }

        /** Bound of each of the two steps of closing: last answers, and good-bye. 1 ms to 1 h; default 2 s. */
        public Builder closeTimeout(Duration bound) {
            this.closeTimeout = bound;
            return this;
        }

        /**
         * Bounds the outgoing window: messages whose awaited receipt is missing.
         *
         * @param messages 1 to 65,536; default 16,384
         * @param bytes 1 or more, checked before a message is taken, so that one message more may pass; default 4 MiB
         */
        public Builder window(int messages, long bytes) {
            this.windowMessages = messages;
            this.windowBytes = bytes;
            return this;
        }

        /**
         * Bounds what waits for the listeners; beyond, the client stops reading.
         *
         * @param messages and calls of the other listeners, 1 or more; default 1,024
         * @param bytes 1 or more; default 1 MiB
         */
        public Builder inbound(int messages, long bytes) {
            this.laneMessages = messages;
            this.laneBytes = bytes;
            return this;
        }

        /**
         * The client, not connected.
         *
         * @throws IllegalArgumentException naming every mistake
         */
        public ImClient build() {
            ClientConfig config = config();
            ClientRuntime shared = runtime;
            return shared != null
                    ? new ImClient(config, shared, false, executor)
                    : new ImClient(config, ownRuntime.build(), true, executor);
        }

        /**
         * Builds the client and connects it.
         *
         * @return as {@link ImClient#connect}
         * @throws IllegalArgumentException naming every mistake
         */
        public CompletableFuture<ImClient> connect() {
            return build().connect();
        }

        private ClientConfig config() {
            ClientRuntime shared = runtime;
            RandomGenerator random = shared == null ? new SecureRandom() : shared.names();
            List<String> mistakes = new ArrayList<>();
            List<ServerAddress> addresses = new ArrayList<>();
            if (servers.isEmpty()) {
                mistakes.add("a server is needed");
            }
            for (String server : servers) {
                collect(mistakes, () -> ServerAddress.parse(server), addresses::add);
            }
            List<UserId> userIds = new ArrayList<>();
            String userText = user;
            if (userText == null) {
                mistakes.add("a user is needed");
            } else {
                collect(mistakes, () -> new UserId(userText), userIds::add);
            }
            List<DeviceId> deviceIds = new ArrayList<>();
            String deviceText = device == null ? "java-" + Long.toHexString(random.nextLong()) : device;
            collect(mistakes, () -> new DeviceId(deviceText), deviceIds::add);
            require(mistakes, "keepAlive", keepAlive.toSeconds(), 0, 65_535);
            if (mistakes.isEmpty()) {
                // What is left to be wrong in the first packet: the platform, and a token known now.
                String tokenText = tokenIsConstant ? token.get() : "";
                collect(
                        mistakes,
                        () -> new Login(userIds.get(0), deviceIds.get(0), platform, tokenText, 0, 0),
                        any -> {});
            }
            requireTimeout(mistakes, "connectTimeout", connectTimeout);
            requireTimeout(mistakes, "loginTimeout", loginTimeout);
            requireTimeout(mistakes, "pingTimeout", pingTimeout);
            requireTimeout(mistakes, "progressTimeout", progressTimeout);
            requireTimeout(mistakes, "closeTimeout", closeTimeout);
            require(mistakes, "window messages", windowMessages, 1, 65_536);
            require(mistakes, "window bytes", windowBytes, 1, Long.MAX_VALUE);
            require(mistakes, "inbound messages", laneMessages, 1, Integer.MAX_VALUE);
            require(mistakes, "inbound bytes", laneBytes, 1, Long.MAX_VALUE);
            mistakes.addAll(ownRuntime.mistakes());
            if (shared != null && tunesOwnRuntime) {
                mistakes.add(
                        "redundancy, congestionControl and maxDatagramBytes: say them to the runtime that is shared");
            }
            List<ClientTls> settings = new ArrayList<>();
            if (tls != null && trust != null) {
                mistakes.add("trust and tls: only one of them can be meant");
            } else if (tls != null) {
                settings.add(tls);
            } else if (trust != null || addresses.stream().anyMatch(ServerAddress::isProtected)) {
                collect(mistakes, this::tlsSettings, settings::add);
            }
            if (!mistakes.isEmpty()) {
                throw new IllegalArgumentException(String.join("; ", mistakes));
            }
            return new ClientConfig(
                    List.copyOf(addresses),
                    userIds.get(0),
                    deviceIds.get(0),
                    platform,
                    token,
                    tokenIsConstant,
                    random.nextLong(),
                    onMessage,
                    connectionListener,
                    receiptListener,
                    readListener,
                    presenceListener,
                    onWritable,
                    reconnect,
                    (int) keepAlive.toSeconds(),
                    connectTimeout.toNanos(),
                    loginTimeout.toNanos(),
                    pingTimeout.toNanos(),
                    progressTimeout.toNanos(),
                    closeTimeout.toNanos(),
                    windowMessages,
                    windowBytes,
                    laneMessages,
                    laneBytes,
                    sameThread,
                    redirects,
                    settings.isEmpty() ? null : settings.get(0));
        }

        private ClientTls tlsSettings() {
            try {
                return trust == null ? ClientTls.ofSystem() : ClientTls.load(trust, null, null, null);
            } catch (IOException unusable) {
                throw new IllegalArgumentException(unusable.getMessage(), unusable);
            }
        }

        private static <T> void collect(List<String> mistakes, Supplier<T> reading, Consumer<T> values) {
            try {
                values.accept(reading.get());
            } catch (IllegalArgumentException mistake) {
                mistakes.add(String.valueOf(mistake.getMessage()));
            }
        }

        private static void requireTimeout(List<String> mistakes, String name, Duration value) {
            if (value.compareTo(Duration.ofMillis(1)) < 0 || value.compareTo(Duration.ofHours(1)) > 0) {
                mistakes.add(name + " must be 1 ms to 1 h: " + value);
            }
        }

        private static void require(List<String> mistakes, String name, long value, long least, long most) {
            if (value < least || value > most) {
                mistakes.add(name + " must be " + least + " to " + most + ": " + value);
            }
        }
    }
}
