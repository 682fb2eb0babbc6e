// SPDX-License-Identifier: Apache-2.0
/** Sessions, login, routing, delivery, limits, listeners and SPIs. A package is exported with its first public type. */
module io.hongyan.core {
    requires transitive io.hongyan.protocol;
    requires org.slf4j;
    requires static org.jspecify;

    exports io.hongyan.core;
    exports io.hongyan.core.auth;
    exports io.hongyan.core.limit;
    exports io.hongyan.core.listener;
    exports io.hongyan.core.metrics;
    exports io.hongyan.core.store;
    exports io.hongyan.core.time;
    exports io.hongyan.core.transport;
}
