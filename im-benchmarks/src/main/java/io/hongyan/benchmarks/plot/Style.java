// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.plot;

/**
 * How one row of a plot looks: a hue for its family, solid or dashed (in bars: full or light) for its variant. The hues
 * differ for people who see colours otherwise too, and names stand beside the lines in any case.
 *
 * @param family which hue
 * @param isVariant whether dashed, or light
 */
public record Style(Family family, boolean isVariant) {

    /** Hues of their own on light and on dark pages. */
    public enum Family {
        /** Blue. */
        HONGYAN("#0067a5", "#58b4f0"),
        /** Vermilion. */
        KCP("#c04f00", "#f28e4a"),
        /** Green. */
        QUIC("#007f5f", "#2fc7a0"),
        /** Purple. */
        TCP("#97468a", "#dd9ccb");

        private final String onLight;
        private final String onDark;

        Family(String onLight, String onDark) {
            this.onLight = onLight;
            this.onDark = onDark;
        }

        String onLight() {
            return onLight;
        }

        String onDark() {
            return onDark;
        }

        String cssClass() {
            return "f" + ordinal();
        }
    }
}
