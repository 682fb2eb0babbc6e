// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.routing;

/** Stands for what a handler must not know. */
public interface PlantedRoute {}
