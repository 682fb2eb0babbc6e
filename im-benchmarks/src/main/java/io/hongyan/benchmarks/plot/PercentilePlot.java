// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.plot;

import io.hongyan.benchmarks.measure.Latencies;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * The distribution of latencies, drawn by percentile: to the right the share of messages, each tenfold rarer tail as wide as
 * the one before; upwards the latency that this share does not exceed, logarithmic. Every line has its name at its end.
 */
public final class PercentilePlot {

    private static final String BOUND = "bound";
    private static final int WIDTH = 960;
    private static final int HEIGHT = 500;
    private static final int LEFT = 68;
    private static final int RIGHT = WIDTH - 250;
    private static final int TOP = 78;
    private static final int BOTTOM = HEIGHT - 58;
    private static final int POINTS = 600;
    private static final double LABEL_HEIGHT = 17;
    private static final double MILLI_NANOS = 1_000_000;
    private static final int[] TICKS = {5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000};

    private final String title;
    private final String subtitle;
    private final List<Line> lines = new ArrayList<>();

    private record Line(String name, String cssClass, Latencies latencies) {}

    /** A label beside the end of a line, whose place it may have to leave for others. */
    private static final class Label {
        private final Line line;
        private final double wanted;
        private double y;

        Label(Line line, double wanted) {
            this.line = line;
            this.wanted = wanted;
            this.y = wanted;
        }
    }

    public PercentilePlot(String title, String subtitle) {
        this.title = title;
        this.subtitle = subtitle;
    }

    /** Adds a row. */
    public PercentilePlot add(String name, Style style, Latencies latencies) {
        String css = "s " + style.family().cssClass()
                + (style.family() == Style.Family.HONGYAN ? " own" : "")
                + (style.isVariant() ? " variant" : "");
        lines.add(new Line(name, css, latencies));
        return this;
    }

    /** Adds what physics allows. */
    public PercentilePlot addBound(String name, Latencies latencies) {
        lines.add(new Line(name, BOUND, latencies));
        return this;
    }

    /**
     * The picture as an SVG document.
     *
     * @throws IllegalStateException if nothing was added
     */
    public String svg() {
        double messages = lines.stream()
                .filter(line -> !line.cssClass().equals(BOUND))
                .mapToInt(line -> line.latencies().count())
                .max()
                .orElseThrow(() -> new IllegalStateException("no line"));
        double most = messages >= 50_000 ? 4 : messages >= 1_000 ? 3 : 2;
        double lowest = lines.stream()
                .filter(line -> line.latencies().quantileNanos(0) != Latencies.NEVER)
                .mapToDouble(line -> line.latencies().quantileNanos(0) / MILLI_NANOS)
                .min()
                .orElse(1);
        double highest = lines.stream()
                .mapToDouble(line -> highest(line.latencies(), most))
                .max()
                .orElseThrow();
        double low = Math.log10(lowest * 0.9);
        double high = Math.log10(highest * 1.1);

        Svg svg = new Svg(WIDTH, HEIGHT, title);
        svg.text("title", LEFT - 44, 32, title);
        svg.text("faint", LEFT - 44, 54, subtitle);
        grid(svg, low, high, most);
        List<Label> labels = new ArrayList<>();
        for (Line line : lines) {
            labels.add(draw(svg, line, low, high, most));
        }
        place(labels);
        for (Label label : labels) {
            svg.line("lead", RIGHT + 3, label.wanted, RIGHT + 20, label.y);
            String name = label.line.name() + (label.line.latencies().missing() > 0 ? ", not all" : "");
            svg.text(textClass(label.line), RIGHT + 24, label.y + 4.5, name);
        }
        return svg.toString();
    }

    private static void grid(Svg svg, double low, double high, double most) {
        for (int millis : TICKS) {
            double log = Math.log10(millis);
            if (log >= low && log <= high) {
                double y = y(log, low, high);
                svg.line("grid", LEFT, y, RIGHT, y);
                svg.text("faint end", LEFT - 8, y + 4.5, millis < 1000 ? millis + " ms" : millis / 1000 + " s");
            }
        }
        for (double share : new double[] {0, 0.5, 0.9, 0.99, 0.999, 0.9999}) {
            double nines = -Math.log10(1 - share);
            if (nines <= most + 1e-9) {
                double x = LEFT + (RIGHT - LEFT) * nines / most;
                svg.line("grid", x, TOP, x, BOTTOM);
                String name = String.format(Locale.ROOT, "%s %%", trimmed(share * 100));
                svg.text("faint middle", x, BOTTOM + 20, name);
            }
        }
        svg.line("axis", LEFT, BOTTOM, RIGHT, BOTTOM);
        svg.text("faint middle", (LEFT + RIGHT) / 2.0, BOTTOM + 42, "share of messages that arrived within this time");
    }

    private static Label draw(Svg svg, Line line, double low, double high, double most) {
        List<Double> points = new ArrayList<>();
        double y = BOTTOM;
        for (int i = 0; i <= POINTS; i++) {
            double nines = most * i / POINTS;
            double share = 1 - Math.pow(10, -nines);
            long nanos = line.latencies().quantileNanos(share);
            if (nanos == Latencies.NEVER) {
                break;
            }
            y = Math.max(TOP, y(Math.log10(nanos / MILLI_NANOS), low, high));
            points.add(LEFT + (RIGHT - LEFT) * nines / most);
            points.add(y);
        }
        if (!points.isEmpty()) {
            svg.path(
                    line.cssClass(),
                    points.stream().mapToDouble(Double::doubleValue).toArray());
        }
        boolean isWhole = points.size() == 2 * (POINTS + 1);
        return new Label(line, isWhole ? y : TOP);
    }

    /** Moves labels apart, as little as their order allows. */
    private static void place(List<Label> labels) {
        labels.sort(Comparator.comparingDouble(label -> label.wanted));
        for (int round = 0; round < 200; round++) {
            for (int i = 1; i < labels.size(); i++) {
                Label above = labels.get(i - 1);
                Label below = labels.get(i);
                double overlap = LABEL_HEIGHT - (below.y - above.y);
                if (overlap > 0) {
                    above.y -= overlap / 2;
                    below.y += overlap / 2;
                }
            }
            Label last = labels.get(labels.size() - 1);
            last.y = Math.min(last.y, BOTTOM);
            labels.get(0).y = Math.max(labels.get(0).y, TOP);
        }
    }

    private static double highest(Latencies latencies, double most) {
        for (double nines = most; nines > 0; nines -= 0.1) {
            long nanos = latencies.quantileNanos(1 - Math.pow(10, -nines));
            if (nanos != Latencies.NEVER) {
                return nanos / MILLI_NANOS;
            }
        }
        return 1;
    }

    private static double y(double log, double low, double high) {
        return BOTTOM - (BOTTOM - TOP) * (log - low) / (high - low);
    }

    private static String textClass(Line line) {
        if (line.cssClass().equals(BOUND)) {
            return "faint";
        }
        return line.cssClass().contains(" own")
                ? line.cssClass().split(" ")[1] + " strong"
                : line.cssClass().split(" ")[1];
    }

    private static String trimmed(double percent) {
        String text = String.format(Locale.ROOT, "%.2f", percent);
        return text.replaceAll("0+$", "").replaceAll("\\.$", "");
    }
}
