// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.world;

import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.connection.ConnectionAcceptor;
import io.hongyan.protocol.connection.Owner;
import io.hongyan.protocol.frame.Frame;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.BinaryPacketCodec;
import io.hongyan.protocol.packet.Chunk;
import io.hongyan.protocol.packet.Chunker;
import io.hongyan.protocol.packet.Count;
import io.hongyan.protocol.packet.CounterRanges;
import io.hongyan.protocol.packet.Delivered;
import io.hongyan.protocol.packet.DeviceId;
import io.hongyan.protocol.packet.ErrorPacket;
import io.hongyan.protocol.packet.GoAway;
import io.hongyan.protocol.packet.Kick;
import io.hongyan.protocol.packet.Login;
import io.hongyan.protocol.packet.LoginResult;
import io.hongyan.protocol.packet.Message;
import io.hongyan.protocol.packet.MessageId;
import io.hongyan.protocol.packet.Packet;
import io.hongyan.protocol.packet.Reassembler;
import io.hongyan.protocol.packet.ReassemblyBudget;
import io.hongyan.protocol.packet.Resume;
import io.hongyan.protocol.packet.SendResult;
import io.hongyan.protocol.packet.UserId;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;

/**
 * A client that behaves: it sends again what lacks its receipt after a reconnect, shows each message once, and counts what
 * it has shown. Confined to its thread; use {@link #run} from others. Everything it hears is kept for the test to look at.
 */
public final class TestClient implements TestConnection.Peer {
    private final String user;
    private final String device;
    private final long instance;
    private final Executor thread;
    private final Map<Long, Message> unanswered = new LinkedHashMap<>();
    private final Set<String> shown = new HashSet<>();

    public final List<Message> messages = new ArrayList<>();
    public final List<Packet> packets = new ArrayList<>();
    public final Map<Long, ReasonCode> results = new HashMap<>();
    public final Set<Long> delivered = new HashSet<>();
    public final List<ReasonCode> closes = new ArrayList<>();

    private TestConnection connection;
    private int link;
    private long counter;
    private int chatCount;
    private int bulkCount;
    private int doubles;
    private boolean open;
    private boolean counting = true;
    private boolean apart;
    private LoginResult login;
    private LoginResult session;
    private boolean resuming;
    private int resumes;
    private int countedTwice;
    private boolean loggingIn = true;
    private Reassembler reassembler;
    private String platform = "test";
    private BiConsumer<TestClient, Message> onMessage = (client, message) -> {};
    private BiConsumer<Long, ReasonCode> onResult = (id, code) -> {};
    private Runnable onClosed = () -> {};

    public TestClient(String user, String device, long instance, Executor thread) {
        this.user = user;
        this.device = device;
        this.instance = instance;
        this.thread = thread;
    }

    public TestClient onMessage(BiConsumer<TestClient, Message> listener) {
        onMessage = listener;
        return this;
    }

    public TestClient onResult(BiConsumer<Long, ReasonCode> listener) {
        onResult = listener;
        return this;
    }

    public TestClient onClosed(Runnable listener) {
        onClosed = listener;
        return this;
    }

    /** What it says to run on, at its next login. */
    public TestClient platform(String name) {
        platform = name;
        return this;
    }

    /** Runs something on the client's thread. */
    public void run(Runnable task) {
        thread.execute(task);
    }

    /** A new link, without a word yet. */
    public TestClient connect(ConnectionAcceptor acceptor, Owner owner, boolean countsApart) {
        return connect(acceptor, owner, countsApart, new InetSocketAddress("127.0.0.1", 40_000));
    }

    public TestClient connect(
            ConnectionAcceptor acceptor, Owner owner, boolean countsApart, InetSocketAddress address) {
        chatCount = 0;
        bulkCount = 0;
        session = null;
        return newLink(acceptor, owner, countsApart, address);
    }

    private TestClient newLink(
            ConnectionAcceptor acceptor, Owner owner, boolean countsApart, InetSocketAddress address) {
        int number = ++link;
        open = false;
        login = null;
        resuming = false;
        apart = countsApart;
        reassembler = new Reassembler(4 * 1024 * 1024, new ReassemblyBudget(64 * 1024 * 1024));
        connection = new TestConnection(owner, countsApart, thread, new OfLink(number), address);
        connection.open(acceptor);
        return this;
    }

    /** LOGIN, and everything that lacks its receipt behind it. */
    public TestClient login() {
        return login("token");
    }

    public TestClient login(String token) {
        send(new Login(new UserId(user), new DeviceId(device), platform, token, instance, 0));
        return this;
    }

    /** Connects, logs in, and sends again what lacks its receipt. */
    public TestClient comeBack(ConnectionAcceptor acceptor, Owner owner, boolean countsApart) {
        connect(acceptor, owner, countsApart).login();
        sendAgain();
        return this;
    }

    /**
     * Connects and resumes the session it had, over a carrier that counts the same way; logs in instead when it had none,
     * or is refused.
     */
    public TestClient resume(ConnectionAcceptor acceptor, Owner owner) {
        if (session == null) {
            return comeBack(acceptor, owner, apart);
        }
        return resume(acceptor, owner, apart, session.secretLow(), chatCount + countedTwice, bulkCount);
    }

    /** Connects and says this in its RESUME. */
    public TestClient resume(
            ConnectionAcceptor acceptor, Owner owner, boolean countsApart, long secretLow, int chat, int bulk) {
        LoginResult before = session;
        newLink(acceptor, owner, countsApart, new InetSocketAddress("127.0.0.1", 40_000 + link));
        resuming = true;
        send(new Resume(before.sessionId(), before.secretHigh(), secretLow, chat, bulk));
        return this;
    }

    /** Counts this many frames too much when it resumes: a client with a mistake. */
    public TestClient countingTwice(int frames) {
        countedTwice = frames;
        return this;
    }

    /** Says no more than this when it resumes: a client whose callbacks have not come further. */
    public TestClient countsAs(int chat) {
        chatCount = chat;
        return this;
    }

    /** Knows this session from now on. */
    public TestClient withSession(LoginResult known) {
        session = known;
        return this;
    }

    /** Does not log in when it may not resume. */
    public void stopLoggingIn() {
        loggingIn = false;
    }

    /** Nothing that is under way to it over this link arrives any more. */
    public void loseWhatComes() {
        link++;
    }

    /** How often its session went on. */
    public int resumes() {
        return resumes;
    }

    public boolean hasSession() {
        return session != null;
    }

    public long text(String to, String text) {
        return send(Address.user(to), text, Lane.CHAT);
    }

    public long send(Address to, String text, Lane lane) {
        return message(
                Message.text(new MessageId(instance, counter + 1), to, text).withLane(lane));
    }

    /** Sends a message under the next counter; its counter. */
    public long message(Message message) {
        long id = ++counter;
        Message numbered = message.withId(new MessageId(instance, id));
        if (numbered.lane() != Lane.EPHEMERAL) {
            unanswered.put(id, numbered);
        }
        if (connection != null && !resuming) {
            List<TestConnection.Travelling> frames = new ArrayList<>();
            addFrames(numbered, frames);
            connection.send(frames);
        }
        return id;
    }

    /** Sends several messages to one user as one batch. */
    public void texts(String to, int count) {
        List<TestConnection.Travelling> frames = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long id = ++counter;
            Message message = Message.text(new MessageId(instance, id), Address.user(to), "m" + id);
            unanswered.put(id, message);
            addFrames(message, frames);
        }
        connection.send(frames);
    }

    public void send(Packet... batch) {
        List<TestConnection.Travelling> frames = new ArrayList<>();
        for (Packet packet : batch) {
            frames.add(travelling(packet));
        }
        connection.send(frames);
    }

    public void sendFrame(Frame frame) {
        sendFrame(frame, Lane.CHAT);
    }

    public void sendFrame(Frame frame, Lane lane) {
        connection.send(List.of(new TestConnection.Travelling(lane, frame)));
    }

    public void cut() {
        connection.cut();
    }

    /** Is not heard of any more: a client in a tunnel. */
    public void cutOff() {
        counting = false;
        connection.fallSilent();
    }

    public boolean isAdmitted() {
        return connection.isAdmitted();
    }

    /** Counts nothing from now on: a client that hangs. */
    public void stopCounting() {
        counting = false;
    }

    /** Counts again, at once. */
    public void countNow() {
        counting = true;
        tellCounts();
    }

    public TestConnection connection() {
        return connection;
    }

    public boolean isOpen() {
        return open;
    }

    public LoginResult loginResult() {
        return login;
    }

    public long instance() {
        return instance;
    }

    /** The counter the next message will have. */
    public long nextCounter() {
        return counter + 1;
    }

    public String user() {
        return user;
    }

    public String device() {
        return device;
    }

    /** Messages that came again and were not shown again. */
    public int doubles() {
        return doubles;
    }

    public Set<Long> unanswered() {
        return unanswered.keySet();
    }

    public List<String> texts() {
        return messages.stream().map(message -> message.payload().text()).toList();
    }

    public <T extends Packet> List<T> heard(Class<T> type) {
        return packets.stream().filter(type::isInstance).map(type::cast).toList();
    }

    @Override
    public void onFrames(List<TestConnection.Travelling> frames) {
        for (TestConnection.Travelling travelling : frames) {
            Frame frame = travelling.frame();
            Packet packet = BinaryPacketCodec.V1.decode(frame.type(), frame.body());
            if (packet != null) {
                packets.add(packet);
                hear(packet, travelling.lane());
            }
            if (frame.counted()) {
                if (apart && travelling.lane() == Lane.BULK) {
                    bulkCount++;
                } else {
                    chatCount++;
                }
            }
        }
        if (counting
                && frames.stream().anyMatch(travelling -> travelling.frame().counted())) {
            tellCounts();
        }
    }

    @Override
    public void onClosed(ReasonCode code) {
        open = false;
        closes.add(code);
        onClosed.run();
    }

    private void tellCounts() {
        if (apart && bulkCount > 0) {
            send(new Count(Lane.CHAT, chatCount), new Count(Lane.BULK, bulkCount));
        } else {
            send(new Count(Lane.CHAT, chatCount));
        }
    }

    private void hear(Packet packet, Lane lane) {
        if (packet instanceof LoginResult result) {
            heardLogin(result);
        } else if (packet instanceof Count count && resuming && count.channel() == Lane.CHAT) {
            resuming = false;
            resumes++;
            sendAgain();
        } else if (packet instanceof Message message) {
            show(message);
        } else if (packet instanceof Chunk chunk) {
            if (reassembler.add(chunk) instanceof Reassembler.Outcome.Whole whole) {
                show(whole.message());
            }
        } else if (packet instanceof SendResult result) {
            each(result.counters(), id -> answered(id, result.code()));
        } else if (packet instanceof Delivered result) {
            each(result.counters(), id -> {
                delivered.add(id);
                if (unanswered.containsKey(id)) {
                    answered(id, ReasonCode.OK);
                }
            });
        } else if (packet instanceof Kick || packet instanceof ErrorPacket || packet instanceof GoAway) {
            return;
        }
    }

    private void heardLogin(LoginResult result) {
        login = result;
        open = result.isAccepted();
        if (open) {
            session = result;
        } else if (resuming && result.code() == ReasonCode.RESUME_REFUSED) {
            resuming = false;
            session = null;
            if (loggingIn) {
                chatCount = 0;
                bulkCount = 0;
                login();
                sendAgain();
            }
        }
    }

    private void sendAgain() {
        if (!unanswered.isEmpty()) {
            List<TestConnection.Travelling> again = new ArrayList<>();
            unanswered.values().forEach(message -> addFrames(message, again));
            connection.send(again);
        }
    }

    private void show(Message message) {
        if (message.lane() == Lane.EPHEMERAL || shown.add(message.from() + "/" + message.id())) {
            messages.add(message);
            onMessage.accept(this, message);
        } else {
            doubles++;
        }
    }

    private void answered(long id, ReasonCode code) {
        if (!code.endsConnection()) {
            unanswered.remove(id);
        }
        results.put(id, code);
        onResult.accept(id, code);
    }

    private void addFrames(Message message, List<TestConnection.Travelling> frames) {
        if (Chunker.fits(message, 4096)) {
            frames.add(travelling(message));
            return;
        }
        Chunker chunker = new Chunker(message, 4096);
        while (chunker.hasNext()) {
            frames.add(new TestConnection.Travelling(Lane.BULK, chunker.next()));
        }
    }

    private static TestConnection.Travelling travelling(Packet packet) {
        Lane lane = packet instanceof Message message ? message.lane() : Lane.CHAT;
        return new TestConnection.Travelling(lane, BinaryPacketCodec.V1.encode(packet));
    }

    private static void each(CounterRanges ranges, java.util.function.LongConsumer action) {
        for (int i = 0; i < ranges.ranges(); i++) {
            for (long id = ranges.first(i); id <= ranges.last(i); id++) {
                action.accept(id);
            }
        }
    }

    /** Frames of an old link are dropped, as a client does that has connected again. */
    private final class OfLink implements TestConnection.Peer {
        private final int number;

        OfLink(int number) {
            this.number = number;
        }

        @Override
        public void onFrames(List<TestConnection.Travelling> frames) {
            if (number == link) {
                TestClient.this.onFrames(frames);
            }
        }

        @Override
        public void onClosed(ReasonCode code) {
            if (number == link) {
                TestClient.this.onClosed(code);
            }
        }
    }
}
