// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.plot;

import java.util.Locale;

/**
 * An SVG picture in the making: a panel of its own, so that it can be read on any page, and colours that follow the
 * reader's choice of light or dark. Confined to its owner.
 */
final class Svg {

    private final StringBuilder body = new StringBuilder();
    private final int width;
    private final int height;

    Svg(int width, int height, String title) {
        this.width = width;
        this.height = height;
        body.append("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ")
                .append(width)
                .append(' ')
                .append(height)
                .append("\" width=\"")
                .append(width)
                .append("\" height=\"")
                .append(height)
                .append("\" role=\"img\" aria-label=\"")
                .append(escaped(title))
                .append("\">\n<title>")
                .append(escaped(title))
                .append("</title>\n<style>\n")
                .append(css())
                .append("</style>\n<rect class=\"page\" width=\"")
                .append(width)
                .append("\" height=\"")
                .append(height)
                .append("\" rx=\"8\"/>\n");
    }

    /** A straight line. */
    void line(String cssClass, double x1, double y1, double x2, double y2) {
        body.append(String.format(
                Locale.ROOT,
                "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>\n",
                cssClass,
                x1,
                y1,
                x2,
                y2));
    }

    /** A line through points, x and y in turn. */
    void path(String cssClass, double... points) {
        body.append("<path class=\"").append(cssClass).append("\" d=\"");
        for (int i = 0; i < points.length; i += 2) {
            body.append(String.format(Locale.ROOT, "%s%.1f %.1f", i == 0 ? "M" : "L", points[i], points[i + 1]));
        }
        body.append("\"/>\n");
    }

    void rectangle(String cssClass, double x, double y, double w, double h) {
        body.append(String.format(
                Locale.ROOT,
                "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"2\"/>\n",
                cssClass,
                x,
                y,
                Math.max(0, w),
                h));
    }

    /** Text; its class says where its anchor is. */
    void text(String cssClass, double x, double y, String text) {
        body.append(String.format(
                Locale.ROOT, "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\">%s</text>\n", cssClass, x, y, escaped(text)));
    }

    int width() {
        return width;
    }

    int height() {
        return height;
    }

    /** The whole document. */
    @Override
    public String toString() {
        return body + "</svg>\n";
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    private static String css() {
        StringBuilder css = new StringBuilder(BASE).append(colours(false));
        return css.append("@media (prefers-color-scheme: dark) {\n")
                .append(colours(true))
                .append("}\n")
                .toString();
    }

    private static String colours(boolean dark) {
        StringBuilder css = new StringBuilder();
        css.append(".page { fill: ").append(dark ? "#0d1117" : "#ffffff").append(" }\n");
        css.append("text { fill: ").append(dark ? "#e6edf3" : "#1f2328").append(" }\n");
        css.append(".faint { fill: ").append(dark ? "#9aa4af" : "#59636e").append(" }\n");
        css.append(".grid { stroke: ").append(dark ? "#2a313a" : "#e3e7eb").append(" }\n");
        css.append(".axis, .bound, .lead { stroke: ")
                .append(dark ? "#9aa4af" : "#59636e")
                .append(" }\n");
        for (Style.Family family : Style.Family.values()) {
            String colour = dark ? family.onDark() : family.onLight();
            css.append(".s.").append(family.cssClass()).append(" { stroke: ").append(colour);
            css.append(" } .b.").append(family.cssClass()).append(", text.");
            css.append(family.cssClass()).append(" { fill: ").append(colour).append(" }\n");
        }
        return css.toString();
    }

    private static final String BASE = """
            text { font: 13px system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif }
            .title { font-size: 17px; font-weight: 600 }
            .strong { font-weight: 600 }
            .end { text-anchor: end }
            .middle { text-anchor: middle }
            .grid { stroke-width: 1 }
            .axis { stroke-width: 1 }
            .lead { stroke-width: 0.7; opacity: 0.7 }
            .bound { stroke-width: 1.5; stroke-dasharray: 1.5 3.5; fill: none }
            .s { stroke-width: 1.8; fill: none; stroke-linejoin: round }
            .s.own { stroke-width: 3 }
            .s.variant { stroke-dasharray: 7 4 }
            .b.variant { opacity: 0.62 }
            """;
}
