// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.rudp;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * How much is measured. Immutable.
 *
 * @param seeds chat loads of each row and case
 * @param messages of each such load
 * @param parallel seeds measured at the same time
 * @param bulkSeeds transfers of each row and loss
 * @param bulkBytes of each transfer
 * @param bulkSeconds after which a slow transfer is judged by what it has
 */
record RudpPlan(int seeds, int messages, int parallel, int bulkSeeds, long bulkBytes, int bulkSeconds) {

    /** What the documents show: about a quarter of an hour. */
    static final RudpPlan FULL = new RudpPlan(20, 1_500, 5, 3, 10_000_000, 15);

    /** Less than three minutes, for looking whether something changed much. */
    static final RudpPlan QUICK = new RudpPlan(2, 500, 2, 1, 5_000_000, 6);

    /** The seeds in the groups that run together. */
    List<List<Long>> groups() {
        List<Long> all = LongStream.rangeClosed(1, seeds).boxed().toList();
        return IntStream.range(0, (seeds + parallel - 1) / parallel)
                .mapToObj(group -> all.subList(group * parallel, Math.min(seeds, (group + 1) * parallel)))
                .toList();
    }
}
