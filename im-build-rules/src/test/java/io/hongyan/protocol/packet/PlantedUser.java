// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

/** Stands for what a handler must not know. */
public record PlantedUser(String name) {}
