// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks;

import io.hongyan.rules.HouseRulesContract;

final class HouseRulesTest extends HouseRulesContract {}
