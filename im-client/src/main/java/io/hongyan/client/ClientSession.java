// SPDX-License-Identifier: Apache-2.0
package io.hongyan.client;

import io.hongyan.protocol.Confined;
import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.ThreadSafe;
import io.hongyan.protocol.connection.Owner;
import io.hongyan.protocol.packet.CounterRanges;
import io.hongyan.protocol.packet.Delivered;
import io.hongyan.protocol.packet.GoAway;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.Presence;
import io.hongyan.protocol.packet.Read;
import io.hongyan.protocol.packet.SendResult;
import io.hongyan.protocol.packet.UserId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One user's device at a server, over all its connections: connects, comes back, ends. It belongs to one owner for life;
 * other threads come in through {@link #inOwner}, {@link #drainSoon} and the {@link Intake}.
 *
 * @see ClientState
 */
@Confined("owner")
final class ClientSession implements ReceiptSink {

    private static final Logger LOG = LoggerFactory.getLogger(ClientSession.class);

    private final ClientConfig config;
    private final ClientRuntime runtime;
    private final Owner owner;
    private final LongSupplier nanoTime;
    private final Callbacks callbacks;
    private final Intake intake;
    private final MessageLedger ledger;
    private final Outbox outbox;
    private final SeenMessages seen = new SeenMessages();
    private final KnownNetworks networks = new KnownNetworks();
    private final ReadMarks reads;
    private final PresenceWatch watch;
    private final Backoff backoff;
    private final ConnectRounds rounds;
    private final CompletableFuture<Void> connected = new CompletableFuture<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    private volatile ClientState state = ClientState.NEW;
    private volatile @Nullable Link link;
    private @Nullable ResumableSession resumable;
    private final AtomicLong retransmissions = new AtomicLong();
    private final Redirects redirects;
    private @Nullable Leaving leaving;
    private boolean wasOnline;
    private long onlineNanos;
    private long lostNanos;
    private Runnable cancelRetry = NOTHING;
    private Runnable cancelProgress = NOTHING;
    private Runnable cancelAskAgain = NOTHING;
    private final List<Runnable> cancelLateNews = new ArrayList<>();
    private Runnable cancelExecutor = NOTHING;
    private Runnable cancelCloseBound = NOTHING;
    private Runnable cancelLogoutBound = NOTHING;
    private boolean askedToWait;
    private boolean closeWhenOnline;
    private boolean loggingOut;
    private boolean callbacksDone;
    private boolean askingAgain;
    private boolean watchingExecutor;
    private long refusedNanos;
    private boolean watchingProgress;
    private long progressNanos;

    ClientSession(
            ClientConfig config,
            ClientRuntime runtime,
            Owner owner,
            Intake intake,
            ReadMarks reads,
            PresenceWatch watch,
            Callbacks callbacks,
            RandomGenerator random) {
        this.config = config;
        this.runtime = runtime;
        this.owner = owner;
        this.nanoTime = runtime.nanoTime();
        this.intake = intake;
        this.reads = reads;
        this.watch = watch;
        this.callbacks = callbacks;
        CatchUp catchUp = new CatchUp();
        this.ledger = new MessageLedger(intake, this, catchUp);
        this.outbox = new Outbox(ledger, catchUp, this);
        this.backoff = new Backoff(config.reconnect(), random);
        this.redirects = new Redirects(config.servers(), config.redirects());
        this.rounds = new ConnectRounds(this, runtime, owner, backoff);
        callbacks.whenRoom(() -> inOwner(this::laneHasRoom));
        callbacks.whenRefused(() -> inOwner(this::listenersRefused));
    }

    // ---- from other threads

    /**
     * Runs the task on the owner's thread.
     *
     * @return false when the runtime is closed, and the task dropped
     */
    @ThreadSafe
    boolean inOwner(Runnable task) {
        try {
            owner.execute(task);
            return true;
        } catch (RejectedExecutionException shutDown) {
            return false;
        }
    }

    /** Has the intake emptied: at the end of the read batch when called within one, else by one task for all. */
    @ThreadSafe
    void drainSoon() {
        Link open = link;
        if (open != null && owner.inOwnerThread() && open.isInBatch()) {
            return;
        }
        if (intake.askDrain()) {
            inOwner(this::drain);
        }
    }

    /** Completes when the first login succeeded; fails with an {@link ImClientException}. */
    @ThreadSafe
    CompletableFuture<Void> connected() {
        return connected;
    }

    /** Completes when the client is closed and its last callback has returned. */
    @ThreadSafe
    CompletableFuture<Void> ended() {
        return ended;
    }

    @ThreadSafe
    ClientState state() {
        return state;
    }

    @ThreadSafe
    @Nullable
    Link link() {
        return link;
    }

    @ThreadSafe
    long retransmissions() {
        return retransmissions.get();
    }

    ClientConfig config() {
        return config;
    }

    long nanoTime() {
        return nanoTime.getAsLong();
    }

    Runnable schedule(long delayNanos, Runnable task) {
        return owner.schedule(delayNanos, task);
    }

    // ---- connecting

    /** The first connect. */
    void start() {
        if (state == ClientState.NEW) {
            connect();
        }
    }

    private void connect() {
        assert owner.inOwnerThread();
        transition(ClientState.CONNECTING);
        rounds.begin();
    }

    /**
     * The device has another network: what was true of the one before is not waited for.
     *
     * @param name of the network; null: nobody can tell it from others
     */
    void networkChanged(@Nullable String name) {
        assert owner.inOwnerThread();
        networks.enter(name);
        Link open = link;
        if (open != null) {
            open.networkChanged();
        } else if (state == ClientState.WAITING && !askedToWait) {
            backoff.reset();
            cancelRetry.run();
            connect();
        } else {
            rounds.networkChanged();
        }
    }

    /** A server has its turn. */
    void trying(ServerAddress server) {
        if (wasOnline) {
            callbacks.call(
                    config.connectionListener(),
                    () -> config.connectionListener().reconnecting(server));
        }
    }

    /** No server let the client in, or one said not to come back. */
    void roundFailed(Loss loss) {
        assert owner.inOwnerThread();
        if (wasOnline && !loss.isFinal()) {
            long leastMillis = rounds.millisUntilAServerMayBeTried();
            comeBack(loss, leastMillis, Math.max(leastMillis, backoff.nextMillis(0)));
        } else {
            end(loss.code(), loss.text());
        }
    }

    /** What the next link is to go on with, if its server lets us. */
    @Nullable
    ResumableSession resumable() {
        return resumable;
    }

    /** The server does not have the session any more. */
    void resumeRefused() {
        resumable = null;
    }

    /** The server goes on with the session over this link; it tells again what may have been lost, then {@link #online}. */
    void resumed(Link newLink) {
        assert owner.inOwnerThread();
        outbox.resumed(newLink);
    }

    /**
     * A link logged in.
     *
     * @param resumed whether it is of the session before
     */
    void online(Link newLink, boolean resumed) {
        assert owner.inOwnerThread();
        resumable = null;
        rounds.won(newLink.server());
        transition(ClientState.ONLINE);
        link = newLink;
        wasOnline = true;
        onlineNanos = nanoTime();
        LOG.debug("user={} server={} online resumed={}", config.user(), newLink.server(), resumed);
        boolean room = callbacks.call(
                config.connectionListener(), () -> config.connectionListener().connected(newLink.server()));
        if (!room) {
            newLink.pauseReading();
        }
        callbacks.complete(() -> connected.complete(null));
        outbox.online(newLink, resumed);
        progressed();
        drain();
        if (closeWhenOnline) {
            cancelCloseBound.run();
            beginClosing();
        }
    }

    /** A link ends; so much of it had to be sent again. */
    void retransmitted(long frames) {
        retransmissions.addAndGet(frames);
    }

    /** A link, logged in or not, is gone. */
    void linkLost(Link gone, Loss loss) {
        assert owner.inOwnerThread();
        if (rounds.isOn()) {
            rounds.linkLost(gone, loss);
            return;
        }
        if (gone != link) {
            return;
        }
        LOG.debug("user={} server={} lost: {} {}", config.user(), gone.server(), loss.code(), loss.text());
        link = null;
        resumable = leaving == null && ResumableSession.outlives(loss) ? gone.resumable() : null;
        stopWaitingForServer();
        outbox.offline();
        reads.offline();
        watch.offline();
        Leaving left = leaving;
        leaving = null;
        if (left != null && state != ClientState.CLOSING) {
            left(left, left.lossInsteadOf(loss));
        } else if (state == ClientState.CLOSING) {
            end(ReasonCode.CLOSED_LOCALLY, "");
        } else if (loss.isFinal()) {
            end(loss.code(), loss.text());
        } else {
            lostNanos = nanoTime();
            if (lostNanos - onlineNanos >= STEADY_NANOS) {
                backoff.reset();
            }
            comeBack(loss, loss.askedMillis(), backoff.nextMillis(loss.askedMillis()));
        }
    }

    /** The server told the client to go, and drew for it when to come back. */
    private void left(Leaving left, Loss loss) {
        lostNanos = nanoTime();
        backoff.reset();
        rounds.prefer(left.elsewhere());
        if (loss.isFinal()) {
            end(loss.code(), loss.text());
        } else {
            comeBack(loss, loss.askedMillis(), backoff.drawnMillis(loss.askedMillis()));
        }
    }

    /**
     * @param leastMillis what a server asked for
     * @param spreadMillis the same or more, so that not all clients come at once
     */
    private void comeBack(Loss loss, long leastMillis, long spreadMillis) {
        long waitMillis = spreadMillis;
        var giveUpAfter = config.reconnect().giveUpAfter();
        if (giveUpAfter != null) {
            long leftMillis = giveUpAfter.toMillis() - (nanoTime() - lostNanos) / 1_000_000;
            if (leftMillis <= 0 || leastMillis > leftMillis) {
                end(loss.code(), loss.text());
                return;
            }
            waitMillis = Math.min(waitMillis, leftMillis);
        }
        if (closeWhenOnline) {
            end(ReasonCode.CLOSED_LOCALLY, "");
            return;
        }
        transition(ClientState.WAITING);
        askedToWait = leastMillis > 0;
        long told = waitMillis;
        callbacks.call(
                config.connectionListener(), () -> config.connectionListener().disconnected(loss.code(), told));
        cancelRetry = schedule(waitMillis * 1_000_000, this::connect);
    }

    /** A server that stops and takes no login says where else to go. Its refusal follows. */
    void sentElsewhere(Link from, GoAway goAway) {
        if (rounds.isOn()) {
            rounds.alsoTry(redirects.followed(from.server(), goAway.endpoints()));
        }
    }

    /** The server asks to leave: what is under way is finished, then the client goes, and comes back where it was told. */
    void askedToLeave(Link from, GoAway goAway) {
        if (from != link || state != ClientState.ONLINE || leaving != null) {
            return;
        }
        LOG.debug("user={} server={} told to go: {} {}", config.user(), from.server(), goAway.code(), goAway.text());
        outbox.holdNew();
        leaving = new Leaving(from, goAway, redirects.followed(from.server(), goAway.endpoints()), () -> leave(from));
        callbacks.call(
                config.connectionListener(),
                () -> config.connectionListener().leaving(goAway.code(), goAway.leaveWithinMillis()));
    }

    private void leaveWhenQuiet(Link from) {
        Leaving leaves = leaving;
        if (leaves != null && from == link && !outbox.anyUnderWay() && from.hasCountedAll()) {
            leaves.quiet();
        }
    }

    private void leave(Link from) {
        Leaving leaves = leaving;
        if (leaves != null && from == link && state == ClientState.ONLINE) {
            Loss loss = leaves.loss();
            from.flush();
            from.drop(loss.code());
            linkLost(from, loss);
        }
    }

    // ---- what a link brings

    void received(Link from, @Nullable Lane channel, Message message) {
        boolean room = message.lane() == Lane.EPHEMERAL || seen.isNew(message)
                ? callbacks.message(from, channel, new IncomingMessage(message, config.user()))
                : channel == null || callbacks.counted(from, channel);
        if (!room) {
            from.pauseReading();
        }
    }

    void counted(Link from, Lane channel) {
        if (!callbacks.counted(from, channel)) {
            from.pauseReading();
        }
    }

    /** What is known of the device's network. */
    MappingLifetime mapping() {
        return networks.mapping();
    }

    /** A NAT forgot a link that was silent for so long. */
    void mappingLost(long silenceNanos) {
        mapping().lost(silenceNanos);
        LOG.debug(
                "user={} event=mapping_lost silence_ms={} next_silence_ms={}",
                config.user(),
                silenceNanos / 1_000_000,
                mapping().silenceNanos() / 1_000_000);
    }

    /** The lane that was full is half empty. */
    void laneHasRoom() {
        assert owner.inOwnerThread();
        Link open = link;
        if (open != null) {
            open.resumeReading();
        }
    }

    /** The executor of the listeners takes no task: it is busy, or shut down. */
    private void listenersRefused() {
        if (state != ClientState.CLOSED && !watchingExecutor) {
            watchingExecutor = true;
            refusedNanos = nanoTime();
            cancelExecutor = schedule(EXECUTOR_PAUSE_NANOS, this::tryListenersAgain);
        }
    }

    /** Where nobody can hear a message any more, none is acknowledged unheard: better no client than a mute one. */
    private void tryListenersAgain() {
        if (callbacks.tryAgain()) {
            watchingExecutor = false;
        } else if (nanoTime() - refusedNanos >= EXECUTOR_GONE_NANOS) {
            LOG.warn("user={} event=closing reason=\"the executor of its listeners takes no task\"", config.user());
            end(ReasonCode.CLOSED_LOCALLY, "the executor of the listeners takes no task");
        } else {
            cancelExecutor = schedule(EXECUTOR_PAUSE_NANOS, this::tryListenersAgain);
        }
    }

    /** Listeners are done with what came over this link. */
    void shown(Link from) {
        leaveWhenQuiet(from);
    }

    void answered(Link from, SendResult result) {
        if (result.instance() == config.instance()) {
            progressed();
            if (result.code() == ReasonCode.OK) {
                ledger.reached(from.storesDurably() ? ReceiptLevel.STORED : ReceiptLevel.ACCEPTED, result.counters());
            } else if (!result.code().endsConnection()) {
                boolean ofRepetitions = ledger.refused(result.code(), result.counters());
                if (ofRepetitions && !result.code().mayBeSentAgain()) {
                    waitForLateNews(result.counters());
                }
            } else {
                // It is not about these messages: they are sent again over the next link.
                ledger.notTaken(result.counters());
            }
        }
    }

    /**
     * The server had accepted these before, and does not remember them. What it still has to deliver it will tell; what
     * it delivered while the link was away it can tell no more. Should the link be lost meanwhile they are sent again over
     * the next one, and answered anew.
     */
    private void waitForLateNews(CounterRanges counters) {
        cancelLateNews.add(schedule(config.progressTimeoutNanos(), () -> ledger.forgotten(counters)));
    }

    void delivered(Delivered delivered) {
        if (delivered.instance() == config.instance()) {
            ledger.reached(ReceiptLevel.DELIVERED, delivered.counters());
        }
    }

    /** The server has finished with so many counted frames of the chat channel. */
    void counted(int count) {
        reads.counted(count);
    }

    void read(Link from, Read read) {
        boolean own = read.instance() == config.instance();
        if (own) {
            ledger.reached(ReceiptLevel.READ, read.counters());
        }
        ReadListener listener = config.readListener();
        if (listener == NO_READS) {
            return;
        }
        UserId reader = read.user();
        boolean elsewhere = config.user().equals(reader);
        tell(from, listener, () -> {
            CounterRanges counters = read.counters();
            for (int i = 0; i < counters.ranges(); i++) {
                if (own) {
                    listener.readBy(reader == null ? "" : reader.value(), counters.first(i), counters.last(i));
                }
                if (elsewhere) {
                    listener.readElsewhere(read.instance(), counters.first(i), counters.last(i));
                }
            }
        });
    }

    void presence(Link from, Presence presence) {
        if (watch.isNews(presence)) {
            Instant since = presence.sinceMillis() == 0 ? null : Instant.ofEpochMilli(presence.sinceMillis());
            PresenceListener listener = config.presenceListener();
            tell(from, listener, () -> listener.onPresence(presence.user().value(), presence.online(), since));
        }
    }

    /** Whoever is slow to listen stops the reading. */
    private void tell(Link from, Object listener, Runnable call) {
        if (!callbacks.call(listener, call)) {
            from.pauseReading();
        }
    }

    /** A read batch ended: whatever it caused leaves in one go. */
    void batchEnded(Link from) {
        if (from == link) {
            drain();
            finishClosing();
        }
        from.flush();
        if (from == link) {
            leaveWhenQuiet(from);
        }
    }

    /** A lane of the link has room again. */
    void hasRoom(Link from) {
        if (from == link) {
            progressed();
            drain();
        }
    }

    /** The server shows that it goes on with what we sent. */
    void progressed() {
        progressNanos = nanoTime();
    }

    /** Takes what the application handed in and writes what there is room for. */
    private void drain() {
        assert owner.inOwnerThread();
        intake.drainTo(outbox);
        Link open = link;
        if (open != null && !loggingOut) {
            outbox.send();
            reads.writeTo(open);
            watch.writeTo(open);
            open.flush();
            watchProgress();
            watchRefused();
        }
    }

    /** The application takes a message back. */
    void cancel(CompletionStage<Receipt> sent) {
        assert owner.inOwnerThread();
        intake.drainTo(outbox);
        cancel(ledger.counterOf(sent));
    }

    /** The application takes a message back. */
    void cancel(long counter) {
        assert owner.inOwnerThread();
        intake.drainTo(outbox);
        ledger.cancel(counter);
        drain();
    }

    /** What a new link's server has no room for now is asked again after a pause. */
    private void watchRefused() {
        if (!askingAgain && outbox.waitsToAskAgain()) {
            askingAgain = true;
            cancelAskAgain = schedule(outbox.pauseMillis() * 1_000_000L, () -> {
                askingAgain = false;
                outbox.askAgain();
                drain();
            });
        }
    }

    /** The link is gone: what its server was waited for is asked of the next one, or of none. */
    private void stopWaitingForServer() {
        cancelAskAgain.run();
        askingAgain = false;
        if (leaving != null) {
            leaving.cancel();
        }
        cancelLateNews.forEach(Runnable::run);
        cancelLateNews.clear();
    }

    /** While messages are under way the server must get on with them. One timer, not one for each message. */
    private void watchProgress() {
        if (!watchingProgress && outbox.anyUnderWay()) {
            watchingProgress = true;
            progressed();
            cancelProgress = schedule(config.progressTimeoutNanos(), this::checkProgress);
        }
    }

    private void checkProgress() {
        watchingProgress = false;
        Link open = link;
        if (open == null || !outbox.anyUnderWay()) {
            return;
        }
        if (open.isPaused()) {
            progressed();
        }
        long left = config.progressTimeoutNanos() - (nanoTime() - progressNanos);
        if (left <= 0) {
            open.abort(ReasonCode.NO_PROGRESS, "the server does not answer messages");
        } else {
            watchingProgress = true;
            cancelProgress = schedule(left, this::checkProgress);
        }
    }

    // ---- receipts

    @Override
    public void reached(ReceiptLevel level, long firstCounter, long lastCounter) {
        ReceiptListener listener = config.receiptListener();
        if (listener != NO_RECEIPTS) {
            tell(() -> listener.reached(level, firstCounter, lastCounter));
        }
    }

    @Override
    public void failed(ReasonCode code, long firstCounter, long lastCounter) {
        ReceiptListener listener = config.receiptListener();
        if (listener != NO_RECEIPTS) {
            tell(() -> listener.failed(code, firstCounter, lastCounter));
        }
    }

    /** Receipts stop the reading too when their listener is slow. */
    private void tell(Runnable receipts) {
        Link open = link;
        if (!callbacks.call(config.receiptListener(), receipts) && open != null) {
            open.pauseReading();
        }
    }

    @Override
    public void complete(CompletableFuture<Receipt> future, Receipt receipt) {
        callbacks.complete(() -> future.complete(receipt));
    }

    @Override
    public void writable() {
        callbacks.call(config.onWritable(), config.onWritable());
    }

    // ---- closing

    /** The application closes the client: answers and counts first, within the bound. The intake is closed already. */
    void close() {
        assert owner.inOwnerThread();
        switch (state) {
            case NEW, WAITING -> end(ReasonCode.CLOSED_LOCALLY, "");
            case CONNECTING -> {
                intake.drainTo(outbox);
                if (ledger.allAccepted()) {
                    end(ReasonCode.CLOSED_LOCALLY, "");
                } else if (!closeWhenOnline) {
                    closeWhenOnline = true;
                    cancelCloseBound = schedule(config.closeTimeoutNanos(), () -> end(ReasonCode.CLOSED_LOCALLY, ""));
                }
            }
            case ONLINE -> {
                beginClosing();
            }
            case CLOSING, CLOSED -> {}
        }
    }

    /** The runtime goes away: no waiting. */
    void endNow() {
        assert owner.inOwnerThread();
        Link open = link;
        link = null;
        if (open != null) {
            open.drop(ReasonCode.CLOSED_LOCALLY);
        }
        end(ReasonCode.CLOSED_LOCALLY, "");
    }

    private void beginClosing() {
        transition(ClientState.CLOSING);
        cancelCloseBound = schedule(config.closeTimeoutNanos(), this::logout);
        callbacks.discardMessages();
        callbacks.call(
                this,
                () -> inOwner(() -> {
                    callbacksDone = true;
                    finishClosing();
                }));
        drain();
    }

    private void finishClosing() {
        if (state == ClientState.CLOSING
                && callbacksDone
                && intake.isEmpty()
                && ledger.allAccepted()
                && reads.isEmpty()) {
            logout();
        }
    }

    /** Says good-bye; the end comes when the link has closed, or after the bound. */
    private void logout() {
        Link open = link;
        if (state == ClientState.CLOSING && open != null && !loggingOut) {
            loggingOut = true;
            cancelLogoutBound = schedule(config.closeTimeoutNanos(), () -> end(ReasonCode.CLOSED_LOCALLY, ""));
            open.logout();
        }
    }

    /** The end, once: whoever waits for anything is told. */
    private void end(ReasonCode code, String text) {
        assert owner.inOwnerThread();
        if (state == ClientState.CLOSED) {
            return;
        }
        transition(ClientState.CLOSED);
        LOG.debug("user={} closed: {} {}", config.user(), code, text);
        cancelRetry.run();
        cancelProgress.run();
        cancelExecutor.run();
        stopWaitingForServer();
        cancelCloseBound.run();
        cancelLogoutBound.run();
        rounds.cancel();
        Link open = link;
        link = null;
        if (open != null) {
            open.drop(code);
        }
        callbacks.discardMessages();
        intake.close();
        reads.close();
        intake.drainTo(outbox);
        outbox.offline();
        ledger.failAll(code);
        if (!wasOnline) {
            ImClientException refused = new ImClientException(code, text);
            callbacks.complete(() -> connected.completeExceptionally(refused));
        }
        callbacks.call(
                config.connectionListener(), () -> config.connectionListener().closed(code));
        callbacks.last(() -> {
            runtime.ended(this);
            ended.complete(null);
        });
    }

    private void transition(ClientState next) {
        if (!state.leadsTo(next)) {
            throw new IllegalStateException("a client cannot go from " + state + " to " + next);
        }
        state = next;
    }

    /** A login that held so long was a success; one lost at once does not begin the back-off anew. */
    private static final long STEADY_NANOS = 10_000_000_000L;

    /** After how long an executor that refuses a task is tried again. */
    private static final long EXECUTOR_PAUSE_NANOS = 100_000_000L;

    /** An executor that refuses tasks for so long will take none. */
    private static final long EXECUTOR_GONE_NANOS = 10_000_000_000L;

    private static final Runnable NOTHING = () -> {};

    /** Hears nothing: spares the calls. */
    static final ReadListener NO_READS = new ReadListener() {};

    /** Hears nothing: spares the calls. */
    static final ReceiptListener NO_RECEIPTS = new ReceiptListener() {
        @Override
        public void reached(ReceiptLevel level, long firstCounter, long lastCounter) {}

        @Override
        public void failed(ReasonCode code, long firstCounter, long lastCounter) {}
    };
}
