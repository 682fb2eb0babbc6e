// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.rudp;

import io.hongyan.benchmarks.road.TunNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code rudp}: our reliable UDP, KCP, QUIC and kernel TCP over the same bad links at the same time. */
@Command(
        name = "rudp",
        description = "Measures reliable UDP beside KCP, QUIC and TCP over the same bad links.",
        footer = {
            "",
            "The tables go to standard output, progress to standard error; --out also gets them, with plots and JSON.",
            "Kernel TCP needs Linux and the right to make a network namespace: root, or unshare -r in front of java."
        },
        sortOptions = false)
public final class RudpCommand implements Callable<Integer> {

    private static final String BULK = "bulk";
    private static final List<Double> BULK_LOSSES = List.of(0.0, 0.01, 0.05);
    private static final int BULK_AT_A_TIME = 3;
    private static final int WARM_UP_MESSAGES = 150;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--quick", description = "Fewer seeds and messages: under 3 minutes instead of under 20.")
    private boolean quick;

    @Option(names = "--out", paramLabel = "DIR", description = "Where tables, plots and JSON go as files.")
    private @Nullable Path out;

    @Option(
            names = "--seeds",
            paramLabel = "N",
            description = "Chat loads of each row and case, 1 to 1,000; default 20.")
    private @Nullable Integer seeds;

    @Option(
            names = "--messages",
            paramLabel = "N",
            description = "Messages of each chat load, 50 to 100,000; default 1,500.")
    private @Nullable Integer messages;

    @Option(
            names = "--parallel",
            paramLabel = "N",
            description =
                    "Seeds measured at the same time, 1 to 50; default 5. Fewer where the machine does not keep up.")
    private @Nullable Integer parallel;

    @Option(
            names = "--cases",
            paramLabel = "CASE",
            split = ",",
            description = "Only these, comma-separated: 0, 5, 10, 20 (percent of loss), bursts, jitter, bulk.")
    private List<String> cases = new ArrayList<>();

    @Option(
            names = "--rows",
            paramLabel = "ROW",
            split = ",",
            description =
                    "Only these, comma-separated, as hongyan,hongyan-plain,kcp,kcp-fec,quic-1,quic-n,quic-cubic,quic-bbr,"
                            + "tcp-cubic,tcp-bbr.")
    private List<String> onlyRows = new ArrayList<>();

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help and exit.")
    boolean help;

    @Override
    public Integer call() throws InterruptedException {
        RudpPlan plan = plan();
        Set<String> chosen = chosenCases();
        refuseUnknownRows();
        prepareOut();
        List<String> leftOut = new ArrayList<>();
        try (TunNetwork network = openNetwork(leftOut)) {
            leftOut.forEach(sentence -> say("left out: " + sentence));
            RudpResults results =
                    measure(plan, chosen, chosenRows(Rows.chat(network)), chosenRows(Rows.bulk(network)), leftOut);
            System.out.print(MarkdownReport.of(results, false));
            write(results);
            if (RudpResults.isTooLate(results.lateness())) {
                say("THE MACHINE DID NOT KEEP UP: relays were late by more than 2 ms at p99. Do not trust this run.");
            }
            return 0;
        } catch (IOException failure) {
            say("failed: " + failure.getMessage());
            return 1;
        }
    }

    private RudpPlan plan() {
        RudpPlan base = quick ? RudpPlan.QUICK : RudpPlan.FULL;
        return new RudpPlan(
                ranged("--seeds", seeds, base.seeds(), 1, 1_000),
                ranged("--messages", messages, base.messages(), 50, 100_000),
                ranged("--parallel", parallel, base.parallel(), 1, 50),
                base.bulkSeeds(),
                base.bulkBytes(),
                base.bulkSeconds());
    }

    private int ranged(String option, @Nullable Integer said, int otherwise, int least, int most) {
        if (said == null) {
            return otherwise;
        }
        if (said < least || said > most) {
            throw wrong(option + " must be " + least + " to " + most + ", not " + said + ".");
        }
        return said;
    }

    private Set<String> chosenCases() {
        Set<String> known = Stream.concat(Arrays.stream(ChatCase.values()).map(ChatCase::id), Stream.of(BULK))
                .collect(Collectors.toCollection(LinkedHashSet::new));
        for (String name : cases) {
            if (!known.contains(name)) {
                throw wrong("No case " + name + "; there are " + String.join(", ", known) + ".");
            }
        }
        return cases.isEmpty() ? known : Set.copyOf(cases);
    }

    private List<Row> chosenRows(List<Row> rows) {
        return onlyRows.isEmpty()
                ? rows
                : rows.stream().filter(row -> onlyRows.contains(row.id())).toList();
    }

    private void refuseUnknownRows() {
        for (String name : onlyRows) {
            if (!Rows.ids().contains(name)) {
                throw wrong("No row " + name + "; there are " + String.join(", ", Rows.ids()) + ".");
            }
        }
    }

    private ParameterException wrong(String sentence) {
        return new ParameterException(spec.commandLine(), sentence);
    }

    private @Nullable TunNetwork openNetwork(List<String> leftOut) {
        if (!onlyRows.isEmpty() && onlyRows.stream().noneMatch(name -> name.startsWith("tcp-"))) {
            return null;
        }
        try {
            return TunNetwork.open();
        } catch (IOException refused) {
            leftOut.add("kernel TCP: " + refused.getMessage());
            return null;
        }
    }

    private RudpResults measure(
            RudpPlan plan, Set<String> chosen, List<Row> chatRows, List<Row> bulkRows, List<String> leftOut)
            throws IOException, InterruptedException {
        Map<ChatCase, Map<Row, ChatTally>> chat = new LinkedHashMap<>();
        Map<Double, Map<Row, BulkTally>> bulk = new LinkedHashMap<>();
        if (!chatRows.isEmpty()) {
            say("warming up");
            new ChatRun(chatRows, WARM_UP_MESSAGES).run(ChatCase.LOSS_10, List.of(1L, 2L));
            for (ChatCase bad : ChatCase.values()) {
                if (chosen.contains(bad.id())) {
                    chat.put(bad, chat(plan, bad, chatRows));
                }
            }
        }
        if (chosen.contains(BULK) && !bulkRows.isEmpty()) {
            for (double loss : BULK_LOSSES) {
                bulk.put(loss, bulk(plan, loss, bulkRows));
            }
        }
        return new RudpResults(plan, Machine.describe(), List.copyOf(leftOut), chat, bulk);
    }

    private static Map<Row, ChatTally> chat(RudpPlan plan, ChatCase bad, List<Row> rows)
            throws IOException, InterruptedException {
        Map<Row, List<ChatTally>> parts = new LinkedHashMap<>();
        for (List<Long> seeds : plan.groups()) {
            say("chat, " + bad.title() + ", seeds " + seeds.get(0) + " to " + seeds.get(seeds.size() - 1));
            new ChatRun(rows, plan.messages())
                    .run(bad, seeds)
                    .forEach((row, tally) -> parts.computeIfAbsent(row, none -> new ArrayList<>())
                            .add(tally));
        }
        Map<Row, ChatTally> pooled = new LinkedHashMap<>();
        parts.forEach((row, tallies) -> pooled.put(row, ChatTally.pooled(tallies)));
        return pooled;
    }

    private static Map<Row, BulkTally> bulk(RudpPlan plan, double loss, List<Row> rows) throws IOException {
        BulkRun run = new BulkRun(plan.bulkBytes(), plan.bulkSeconds());
        Map<Row, List<BulkTally>> all = new LinkedHashMap<>();
        for (int seed = 1; seed <= plan.bulkSeeds(); seed++) {
            for (int first = 0; first < rows.size(); first += BULK_AT_A_TIME) {
                List<Row> some = rows.subList(first, Math.min(rows.size(), first + BULK_AT_A_TIME));
                say(String.format(
                        Locale.ROOT,
                        "bulk, %.0f %% loss, seed %d: %s",
                        100 * loss,
                        seed,
                        some.stream().map(Row::id).collect(Collectors.joining(" "))));
                run.run(some, loss, seed)
                        .forEach((row, tally) -> all.computeIfAbsent(row, none -> new ArrayList<>())
                                .add(tally));
            }
        }
        Map<Row, BulkTally> medians = new LinkedHashMap<>();
        all.forEach((row, tallies) -> medians.put(row, BulkTally.median(tallies)));
        return medians;
    }

    /** Before hours of measuring, not after them. */
    private void prepareOut() {
        Path directory = out;
        if (directory != null) {
            try {
                Files.createDirectories(directory);
            } catch (IOException notADirectory) {
                throw wrong("--out " + directory + " cannot be a directory: " + notADirectory.getMessage() + ".");
            }
        }
    }

    private void write(RudpResults results) throws IOException {
        Path directory = out;
        if (directory == null) {
            return;
        }
        Files.writeString(directory.resolve("figures.md"), MarkdownReport.of(results, true));
        Files.writeString(directory.resolve("figures.json"), JsonReport.of(results));
        for (Map.Entry<String, String> picture : PlotReport.of(results).entrySet()) {
            Files.writeString(directory.resolve(picture.getKey()), picture.getValue());
        }
        say("written to " + directory);
    }

    private static void say(String line) {
        System.err.println(line);
    }
}
