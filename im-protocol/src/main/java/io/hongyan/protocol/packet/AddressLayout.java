// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

import java.nio.ByteBuffer;

/** An address on the wire: its kind as a byte, then the ids it has, each behind a length byte. */
final class AddressLayout {
    private static final Address.Kind[] KINDS = Address.Kind.values();

    private AddressLayout() {}

    static int size(Address address) {
        return switch (address.kind()) {
            case SERVER -> 1;
            case USER -> 1 + idSize(((Address.User) address).user().value());
            case DEVICE -> {
                Address.Device device = (Address.Device) address;
                yield 1 + idSize(device.user().value()) + idSize(device.device().value());
            }
            case GROUP -> 1 + idSize(((Address.Group) address).group().value());
        };
    }

    static void write(Address address, WireOutput out) {
        out.u8(address.kind().ordinal());
        switch (address.kind()) {
            case SERVER -> {}
            case USER -> out.text8(((Address.User) address).user().value());
            case DEVICE -> {
                Address.Device device = (Address.Device) address;
                out.text8(device.user().value()).text8(device.device().value());
            }
            case GROUP -> out.text8(((Address.Group) address).group().value());
        }
    }

    static Address read(ByteBuffer in) {
        int code = WireInput.u8(in);
        if (code >= KINDS.length) {
            throw WireInput.malformed("no kind of address");
        }
        return switch (KINDS[code]) {
            case SERVER -> Address.server();
            case USER -> new Address.User(WireInput.user(in));
            case DEVICE -> new Address.Device(WireInput.user(in), WireInput.device(in));
            case GROUP -> new Address.Group(WireInput.group(in));
        };
    }

    private static int idSize(String id) {
        return 1 + Utf8.length(id);
    }
}
