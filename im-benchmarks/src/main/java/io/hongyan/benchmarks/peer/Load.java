// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.peer;

/** What a flow carries. */
public enum Load {
    /** Messages of {@value Message#BYTES} bytes each. */
    CHAT,
    /** As many bytes as fit. */
    BULK
}
