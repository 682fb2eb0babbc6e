// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.plot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.hongyan.benchmarks.measure.Latencies;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class PlotTest {

    private static final Style OWN = new Style(Style.Family.HONGYAN, false);
    private static final Style OTHER = new Style(Style.Family.KCP, true);

    @Test
    void everyLineOfAPercentilePlotHasItsNameAndStaysWithin() throws Exception {
        Document svg = parse(new PercentilePlot("Latency <5 % & more>", "of \"these\"")
                .addBound("bound", uniform(25, 30))
                .add("ours", OWN, uniform(25, 60))
                .add("theirs", OTHER, uniform(30, 900))
                .svg());

        assertThat(texts(svg)).contains("Latency <5 % & more>", "ours", "theirs", "bound", "50 ms", "99 %");
        assertThat(elements(svg, "path")).hasSize(3);
        for (Element path : elements(svg, "path")) {
            List<Double> numbers = Pattern.compile("[ML ]([0-9.]+)")
                    .matcher(path.getAttribute("d"))
                    .results()
                    .map(match -> Double.parseDouble(match.group(1)))
                    .toList();
            assertThat(numbers).hasSizeGreaterThan(1_000);
            for (int i = 0; i < numbers.size(); i += 2) {
                assertThat(numbers.get(i)).isBetween(0.0, 960.0);
                assertThat(numbers.get(i + 1)).isBetween(0.0, 500.0);
                if (i > 0) {
                    assertThat(numbers.get(i)).as("to the right").isGreaterThan(numbers.get(i - 2));
                    assertThat(numbers.get(i + 1)).as("never faster").isLessThanOrEqualTo(numbers.get(i - 1));
                }
            }
        }
    }

    @Test
    void namesDoNotLieOnEachOther() throws Exception {
        PercentilePlot plot = new PercentilePlot("Latency", "");
        for (int i = 0; i < 9; i++) {
            plot.add("row " + i, OTHER, uniform(25, 60));
        }
        List<Double> heights = new ArrayList<>();
        for (Element text : elements(parse(plot.svg()), "text")) {
            if (text.getTextContent().startsWith("row ")) {
                heights.add(Double.parseDouble(text.getAttribute("y")));
            }
        }
        assertThat(heights).hasSize(9);
        heights.sort(null);
        for (int i = 1; i < heights.size(); i++) {
            assertThat(heights.get(i) - heights.get(i - 1)).isGreaterThan(12);
        }
    }

    @Test
    void aLineEndsWhereMessagesDidNotArrive() throws Exception {
        long[] half = LongStream.range(0, 1_000)
                .map(i -> i < 500 ? 25_000_000 : Latencies.NEVER)
                .toArray();
        Document svg = parse(new PercentilePlot("Latency", "")
                .add("ours", OWN, Latencies.of(half))
                .add("silent", OTHER, Latencies.of(Latencies.NEVER, Latencies.NEVER))
                .svg());

        assertThat(texts(svg)).contains("ours, not all", "silent, not all");
        assertThat(elements(svg, "path")).hasSize(1);
        assertThat(svg.getDocumentElement().getTextContent()).doesNotContain("NaN");
    }

    @Test
    void barsAreAsLongAsTheirFigures() throws Exception {
        Document svg = parse(new BarPlot("Bytes", "")
                .add(
                        "0 %",
                        List.of(new BarPlot.Bar("ours", OWN, 1.5), new BarPlot.Bar("theirs", OTHER, 3)), 1, "payload")
                .add(
                        "5 %",
                        List.of(new BarPlot.Bar("ours", OWN, 12), new BarPlot.Bar("theirs", OTHER, Double.NaN)), 0, "")
                .svg());

        assertThat(texts(svg)).contains("ours", "theirs", "0 %", "5 %", "1.50", "3.00", "12.0", "–", "payload");
        List<Double> widths = elements(svg, "rect").stream()
                .filter(rect -> rect.getAttribute("class").startsWith("b "))
                .map(rect -> Double.parseDouble(rect.getAttribute("width")))
                .toList();
        assertThat(widths).hasSize(3);
        assertThat(widths.get(1) / widths.get(0)).isBetween(1.9, 2.1);
        assertThat(widths.get(2) / widths.get(0)).isBetween(7.8, 8.2);
    }

    @Test
    void nothingCannotBeDrawn() {
        assertThatIllegalStateException().isThrownBy(() -> new BarPlot("", "").svg());
        assertThatIllegalStateException().isThrownBy(() -> new PercentilePlot("", "").svg());
    }

    private static Latencies uniform(int fromMillis, int toMillis) {
        return Latencies.of(LongStream.range(0, 3_000)
                .map(i -> fromMillis * 1_000_000L + i * (toMillis - fromMillis) * 1_000_000L / 3_000)
                .toArray());
    }

    private static Document parse(String svg) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
    }

    private static List<String> texts(Document svg) {
        return elements(svg, "text").stream().map(Element::getTextContent).toList();
    }

    private static List<Element> elements(Document svg, String name) {
        NodeList found = svg.getElementsByTagName(name);
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < found.getLength(); i++) {
            elements.add((Element) found.item(i));
        }
        return elements;
    }
}
