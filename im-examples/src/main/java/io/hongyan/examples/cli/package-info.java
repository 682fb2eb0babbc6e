// SPDX-License-Identifier: Apache-2.0
/**
 * What the four commands share: where option values come from, how text enters and leaves the process, how it ends.
 *
 * <p>Starting points: {@link io.hongyan.examples.cli.OptionSources} for the order of precedence (command line,
 * {@code HONGYAN_*} environment variables, properties file) and {@link io.hongyan.examples.cli.ExitCode}.
 */
@NullMarked
package io.hongyan.examples.cli;

import org.jspecify.annotations.NullMarked;
