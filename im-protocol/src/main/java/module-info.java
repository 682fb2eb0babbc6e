// SPDX-License-Identifier: Apache-2.0
/** Frames, packets, wire formats and the reliable-UDP engine. A package is exported with its first public type. */
module io.hongyan.protocol {
    requires static transitive org.jspecify;

    exports io.hongyan.protocol;
    exports io.hongyan.protocol.connection;
    exports io.hongyan.protocol.frame;
    exports io.hongyan.protocol.packet;
    exports io.hongyan.protocol.rudp;
}
