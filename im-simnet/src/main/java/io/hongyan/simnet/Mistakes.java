// SPDX-License-Identifier: Apache-2.0
package io.hongyan.simnet;

import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong with a value, so that its author learns of all mistakes at once. */
final class Mistakes {

    private final String subject;
    private final List<String> found = new ArrayList<>();

    Mistakes(String subject) {
        this.subject = subject;
    }

    Mistakes require(boolean holds, String mistake) {
        if (!holds) {
            found.add(mistake);
        }
        return this;
    }

    Mistakes share(String name, double value) {
        return require(value >= 0 && value <= 1, name + " must be a share from 0 to 1: " + value);
    }

    Mistakes range(String name, long value, long least, long most) {
        return require(value >= least && value <= most, name + " must be " + least + " to " + most + ": " + value);
    }

    void throwIfAny() {
        if (!found.isEmpty()) {
            throw new IllegalArgumentException(subject + ": " + String.join("; ", found));
        }
    }
}
