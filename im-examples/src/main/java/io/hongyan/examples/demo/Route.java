// SPDX-License-Identifier: Apache-2.0
package io.hongyan.examples.demo;

/** Who writes to whom. */
record Route(String from, String to) {

    @Override
    public String toString() {
        return from + " → " + to;
    }
}
