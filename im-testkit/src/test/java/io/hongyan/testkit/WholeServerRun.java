// SPDX-License-Identifier: Apache-2.0
package io.hongyan.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.hongyan.client.ImClient;
import io.hongyan.client.IncomingMessage;
import io.hongyan.client.Receipt;
import io.hongyan.client.ReceiptLevel;
import io.hongyan.client.SendOptions;
import io.hongyan.core.listener.DeliveryListener;
import io.hongyan.core.listener.Verdict;
import io.hongyan.protocol.Lane;
import io.hongyan.protocol.ReasonCode;
import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.Payload;
import io.hongyan.protocol.packet.UserId;
import io.hongyan.simnet.DeliveryChecker;
import io.hongyan.simnet.DeliveryReport;
import io.hongyan.simnet.DeliveryViolation;
import io.hongyan.simnet.JitterShape;
import io.hongyan.simnet.LinkProfile;
import io.hongyan.simnet.LinkProfiles;
import io.hongyan.simnet.RandomStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One seeded life of a whole server: real clients on one or two devices a user, over streams and datagrams, come, go, are
 * killed, sleep, roam, are cut off, and send all the while, and take some of it back; the server stalls, is killed and comes back, with what its
 * store promises.
 *
 * <p>What is judged: every device shows each message of a sender at most once and in its lane's order; what a sender was
 * told is so: DELIVERED was shown, CANCELLED was not, and so is in the end all that was ACCEPTED, but for what a server without a durable
 * store had in memory when it was killed; and in the end nobody waits for an answer.
 */
final class WholeServerRun {
    private static final List<LinkProfile> PROFILES = List.of(
            LinkProfiles.PERFECT,
            LinkProfiles.BROADBAND,
            LinkProfiles.WIFI,
            LinkProfiles.MOBILE_3G,
            LinkProfiles.SUBWAY,
            LinkProfiles.LOSSY,
            LinkProfile.builder("disorder")
                    .delayMillis(20)
                    .jitterMillis(20, JitterShape.UNIFORM)
                    .duplication(0.05)
                    .reordering(0.05, 60)
                    .corruption(0.02)
                    .loss(0.02)
                    .build());

    private final RandomStream random;
    private final RandomStream regrets;
    private final TestWorld world;
    private final TestServer server;
    private final boolean durable;
    private final Map<String, User> users = new LinkedHashMap<>();
    private final List<Device> devices = new ArrayList<>();
    private final DeliveryChecker byDevice = new DeliveryChecker();
    private final DeliveryChecker byUser = new DeliveryChecker();
    private final Set<String> shown = new HashSet<>();
    /** By process, sender and lane the last copy of what another device of the same user sent. */
    private final Map<String, Integer> copies = new HashMap<>();

    private final Set<String> unanswered = new LinkedHashSet<>();
    private final List<String> wrong = new ArrayList<>();
    private final List<Sent> accepted = new ArrayList<>();
    private int kills;
    private int stops;
    private int received;
    private int returns;
    private int finished;
    private int takenBack;
    private int takenBackTooLate;

    WholeServerRun(long seed, @Nullable Planted bug) {
        random = RandomStream.of(seed, "whole server");
        regrets = RandomStream.of(seed, "regrets");
        world = TestWorld.seeded(seed);
        durable = random.chance(0.5);
        boolean intercepts = random.chance(0.3);
        boolean hears = random.chance(0.3);
        FaultyStore store = durable ? FaultyStore.durable(world).delay(Duration.ofMillis(random.between(0, 20))) : null;
        server = world.server(node -> {
            node.allowAnyone().noRateLimits();
            if (intercepts) {
                node.interceptor((sender, message) -> Verdict.pass());
            }
            if (hears) {
                node.deliveryListener(new DeliveryListener() {});
            }
            return store == null ? node : node.messageStore(store);
        });
        if (bug != null) {
            RandomStream chance = RandomStream.of(seed, "planted");
            Set<String> known = new HashSet<>();
            world.tamper(client -> bug.inFrontOf(client, chance, returns > 0 || !known.add("first")));
        }
        for (int user = 0; user < 3; user++) {
            User made = new User("u" + user);
            users.put(made.name, made);
            for (long device = random.between(1, 2); device > 0; device--) {
                Device phone = new Device(made, "d" + device, random.chance(0.5) ? Carrier.UDP : Carrier.TCP);
                made.devices.add(phone);
                devices.add(phone);
                phone.comeIn();
            }
        }
    }

    /** What happened, for a test to see that enough does. */
    record Course(int shown, int kills, int logins, int processes, int takenBack, int takenBackTooLate) {}

    Course play() {
        long steps = random.between(15, 35);
        for (long step = 0; step < steps; step++) {
            for (long sends = random.between(0, 3); sends > 0; sends--) {
                any(devices).send(random.between(1, 3));
            }
            trouble();
            world.run(Duration.ofMillis(random.between(0, 1_500)));
        }
        everybodyIsWell();
        check();
        return new Course(
                received,
                kills,
                finished
                        + devices.stream()
                                .mapToInt(device -> device.client.logins())
                                .sum(),
                returns,
                takenBack,
                takenBackTooLate);
    }

    private void trouble() {
        Device device = any(devices);
        switch ((int) random.between(0, 19)) {
            case 0, 1 -> device.client.link().cut(Duration.ofMillis(random.between(50, 8_000)));
            case 2, 3 -> device.client.link().reset();
            case 4, 5 -> device.client.link().roam();
            case 6, 7 -> device.client.link().profile(any(PROFILES), any(PROFILES));
            case 8 -> device.client.stall(Duration.ofMillis(random.between(100, 15_000)));
            case 9 -> device.goOut();
            case 10 -> device.die();
            case 11, 12 -> device.comeIn();
            case 13 -> server.stall(Duration.ofMillis(random.between(10, 3_000)));
            case 14 -> {
                if (kills < 2) {
                    restartServer();
                }
            }
            case 16 -> server.node().kick(new UserId(device.user.name), ReasonCode.GOING_AWAY, "");
            case 15 -> device.client.link().cut(Duration.ofMillis(random.between(30_000, 60_000)));
            default -> {}
        }
    }

    private void restartServer() {
        kills++;
        returns++;
        if (random.chance(0.3)) {
            stops++;
            CompletableFuture<Void> stopped = server.stop(Duration.ofMillis(random.between(0, 2_000)));
            assertThat(world.runUntil(stopped::isDone, Duration.ofSeconds(30)))
                    .as("the server has stopped")
                    .isTrue();
        } else {
            server.kill();
        }
        world.run(Duration.ofMillis(random.between(0, 2_000)));
        server.restart();
    }

    private void everybodyIsWell() {
        for (Device device : devices) {
            device.client.link().profile(LinkProfiles.PERFECT);
            device.client.link().restore();
            device.comeBack();
        }
        becomesQuiet();
        // Who does not know yet that its server has died hears of it now.
        world.run(Duration.ofSeconds(40));
        becomesQuiet();
    }

    private void becomesQuiet() {
        for (int slices = 0; slices < 200 && !world.runUntil(this::isQuiet, Duration.ofSeconds(3)); slices++) {
            devices.forEach(Device::comeBack);
        }
    }

    private boolean isQuiet() {
        if (!unanswered.isEmpty() || !devices.stream().allMatch(device -> device.client.isOnline())) {
            return false;
        }
        acknowledgeAccepted();
        return byUser.allAcknowledgedReceived();
    }

    /** What a server had only in memory may be gone with it. */
    private void acknowledgeAccepted() {
        for (Sent sent : accepted) {
            if (durable || sent.kills == kills) {
                byUser.acknowledged(sent.from, sent.to, sent.lane, sent.number);
            }
        }
        accepted.clear();
    }

    private void check() {
        require(byDevice.check(), DeliveryViolation.DOUBLED, DeliveryViolation.OUT_OF_ORDER, DeliveryViolation.PHANTOM);
        require(
                byUser.check(),
                DeliveryViolation.MISSING,
                DeliveryViolation.REFUSED_YET_RECEIVED,
                DeliveryViolation.CONTRADICTORY_ANSWER);
        assertThat(wrong).isEmpty();
        for (Device device : devices) {
            assertThat(device.client.isOnline())
                    .as("%s of %s is online: %s", device.client, device.carrier, device.client.closedWith())
                    .isTrue();
        }
        assertThat(unanswered).as("have no answer").isEmpty();
    }

    private static void require(DeliveryReport report, DeliveryViolation... absent) {
        for (DeliveryViolation violation : absent) {
            assertThat(report.count(violation)).as(report.toString()).isZero();
        }
    }

    private <T> T any(List<T> list) {
        return list.get((int) random.between(0, list.size() - 1));
    }

    /** A message as its sender knows it. */
    private record Sent(String from, String to, String lane, int number, int kills) {
        String key() {
            return from + " " + lane + " " + number;
        }
    }

    private static final class User {
        final String name;
        final List<Device> devices = new ArrayList<>();
        final List<Sent> inbox = new ArrayList<>();

        User(String name) {
            this.name = name;
        }
    }

    /** A device of a user and the application that runs on it: one process after another, under one device id. */
    private final class Device {
        final User user;
        final String id;
        final Carrier carrier;
        TestClient client;
        String name = "";
        boolean isIn;
        private int processes;
        private int sends;

        Device(User user, String id, Carrier carrier) {
            this.user = user;
            this.id = id;
            this.carrier = carrier;
        }

        /** A new process; one that is there is replaced, as one device has one session. */
        void comeIn() {
            returns += processes > 0 ? 1 : 0;
            TestClient before = isIn ? client : null;
            finished += client == null ? 0 : client.logins();
            String process = user.name + "/" + id + "." + ++processes;
            name = process;
            isIn = true;
            sends = 0;
            for (Sent sent : user.inbox) {
                byDevice.sent(sent.from, process, sent.lane, sent.number);
            }
            client = server.client(
                    user.name, carrier, options -> options.device(id).keepAlive(Duration.ofSeconds(20)));
            client.onMessage(message -> shown(process, message));
            if (before != null) {
                before.close();
            }
        }

        /** A client whose first connect fails, or who is told not to come back, has ended. */
        void comeBack() {
            if (!isIn || client.closedWith() != null) {
                isIn = false;
                comeIn();
            }
        }

        void goOut() {
            if (isIn) {
                isIn = false;
                client.close();
            }
        }

        void die() {
            if (isIn) {
                isIn = false;
                client.kill();
                unanswered.removeIf(key -> key.startsWith(name + " "));
            }
        }

        void send(long count) {
            if (!isIn) {
                return;
            }
            User to = any(List.copyOf(users.values()));
            Lane lane = random.chance(0.15) ? Lane.BULK : Lane.CHAT;
            ReceiptLevel awaited =
                    random.chance(0.5) ? ReceiptLevel.DELIVERED : durable ? ReceiptLevel.STORED : ReceiptLevel.ACCEPTED;
            for (; count > 0; count--) {
                Sent sent = new Sent(name, to.name, lane.name(), ++sends, kills);
                to.inbox.add(sent);
                to.devices.forEach(device -> byDevice.sent(name, device.name, sent.lane, sent.number));
                byUser.sent(name, to.name, sent.lane, sent.number);
                unanswered.add(sent.key());
                int length = (int) random.between(0, lane == Lane.BULK ? 9_000 : 200);
                boolean regretted = lane == Lane.BULK && regrets.chance(0.3);
                String text = sent.key() + " " + "x".repeat(regretted ? (int) regrets.between(0, 400_000) : length);
                CompletionStage<Receipt> receipt = client.client()
                        .send(
                                Address.user(to.name),
                                Payload.text(text),
                                SendOptions.text().lane(lane).awaiting(awaited));
                receipt.thenAccept(told -> answered(sent, told, regretted));
                if (regretted) {
                    ImClient process = client.client();
                    world.clock().scheduleAfter(regrets.between(0, 500) * 1_000_000L, () -> process.cancel(receipt));
                }
            }
        }

        private void shown(String process, IncomingMessage message) {
            received++;
            String[] parts = message.text().split(" ");
            String lane = parts[1];
            if (!message.from().equals(parts[0].substring(0, parts[0].indexOf('/')))) {
                wrong.add(message + " says it is from " + parts[0]);
            }
            int number = Integer.parseInt(parts[2]);
            if (message.isCopy()) {
                Integer before = copies.put(process + " " + parts[0] + " " + lane, number);
                // What a server in memory forgot is sent again, and copied then.
                if (durable && before != null && before >= number) {
                    wrong.add("copy " + number + " behind " + before + " of " + parts[0] + " on " + process);
                }
                return;
            }
            byDevice.received(parts[0], process, lane, number);
            if (shown.add(parts[0] + " " + lane + " " + parts[2])) {
                byUser.received(parts[0], user.name, lane, number);
            }
        }
    }

    private void answered(Sent sent, Receipt receipt, boolean regretted) {
        unanswered.remove(sent.key());
        if (receipt.code() == ReasonCode.CANCELLED && regretted) {
            takenBack++;
            byUser.refused(sent.from, sent.to, sent.lane, sent.number);
            return;
        }
        takenBackTooLate += regretted ? 1 : 0;
        ReceiptLevel level = receipt.level();
        if (receipt.code() == ReasonCode.OK && level == ReceiptLevel.DELIVERED) {
            byUser.acknowledged(sent.from, sent.to, sent.lane, sent.number);
            if (!shown.contains(sent.key())) {
                wrong.add("DELIVERED, but MISSING: " + sent);
            }
        } else if (receipt.code() == ReasonCode.OK) {
            accepted.add(sent);
        } else if (receipt.code() == ReasonCode.BACKPRESSURED && stops > 0) {
            // A server that stops takes nothing more, and says so.
            byUser.refused(sent.from, sent.to, sent.lane, sent.number);
        } else if (!receipt.code().endsConnection()) {
            wrong.add(world.now() + " " + receipt + " of " + sent);
        }
    }
}
