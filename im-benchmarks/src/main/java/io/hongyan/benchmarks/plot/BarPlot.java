// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.plot;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Bars in panels side by side, one panel for each case and one bar for each row, with the figure at the end of the bar. */
public final class BarPlot {

    private static final int WIDTH = 960;
    private static final int NAMES = 214;
    private static final int TOP = 104;
    private static final double ROW_HEIGHT = 27;
    private static final double BAR_HEIGHT = 17;
    private static final int VALUE_ROOM = 46;

    private final String title;
    private final String subtitle;
    private final List<Panel> panels = new ArrayList<>();

    /**
     * One bar.
     *
     * @param name of the row; bars of a row stand at the same place in all panels
     * @param value not negative; NaN where the row has none here
     */
    public record Bar(String name, Style style, double value) {}

    private record Panel(String name, List<Bar> bars, double reference, String referenceName) {}

    public BarPlot(String title, String subtitle) {
        this.title = title;
        this.subtitle = subtitle;
    }

    /**
     * Adds a panel.
     *
     * @param bars the same rows in each panel, in the same order
     * @param reference where a line across the panel marks what is possible; 0 for none
     */
    public BarPlot add(String name, List<Bar> bars, double reference, String referenceName) {
        panels.add(new Panel(name, List.copyOf(bars), reference, referenceName));
        return this;
    }

    /**
     * The picture as an SVG document.
     *
     * @throws IllegalStateException if nothing was added
     */
    public String svg() {
        if (panels.isEmpty()) {
            throw new IllegalStateException("no panel");
        }
        List<Bar> rows = panels.get(0).bars();
        double bottom = TOP + rows.size() * ROW_HEIGHT;
        Svg svg = new Svg(WIDTH, (int) bottom + 42, title);
        svg.text("title", 24, 32, title);
        svg.text("faint", 24, 54, subtitle);
        for (int row = 0; row < rows.size(); row++) {
            Bar bar = rows.get(row);
            boolean own = bar.style().family() == Style.Family.HONGYAN;
            String css = bar.style().family().cssClass() + (own ? " strong" : "");
            svg.text(css + " end", NAMES - 10, TOP + row * ROW_HEIGHT + BAR_HEIGHT - 3.5, bar.name());
        }
        double highest = panels.stream().mapToDouble(BarPlot::highest).max().orElse(1);
        double room = (WIDTH - 16.0 - NAMES) / panels.size();
        for (int i = 0; i < panels.size(); i++) {
            draw(svg, panels.get(i), NAMES + i * room, room - VALUE_ROOM, highest, bottom);
        }
        return svg.toString();
    }

    private static void draw(Svg svg, Panel panel, double left, double width, double highest, double bottom) {
        svg.text("strong", left, TOP - 16, panel.name());
        svg.line("axis", left, TOP - 6, left, bottom);
        if (panel.reference() > 0) {
            double x = left + width * panel.reference() / highest;
            svg.line("bound", x, TOP - 6, x, bottom + 4);
            svg.text("faint middle", x, bottom + 20, panel.referenceName());
        }
        for (int row = 0; row < panel.bars().size(); row++) {
            Bar bar = panel.bars().get(row);
            double y = TOP + row * ROW_HEIGHT;
            if (Double.isNaN(bar.value())) {
                svg.text("faint", left + 5, y + BAR_HEIGHT - 3.5, "–");
                continue;
            }
            double length = width * bar.value() / highest;
            String css = "b " + bar.style().family().cssClass() + (bar.style().isVariant() ? " variant" : "");
            svg.rectangle(css, left, y, length, BAR_HEIGHT);
            svg.text("", left + length + 5, y + BAR_HEIGHT - 3.5, figure(bar.value()));
        }
    }

    private static double highest(Panel panel) {
        return panel.bars().stream()
                .mapToDouble(Bar::value)
                .filter(value -> !Double.isNaN(value))
                .reduce(panel.reference(), Math::max);
    }

    private static String figure(double value) {
        return String.format(Locale.ROOT, value < 10 ? "%.2f" : "%.1f", value);
    }
}
