// SPDX-License-Identifier: Apache-2.0
package io.hongyan.store.jdbc;

import io.hongyan.protocol.packet.Address;
import io.hongyan.protocol.packet.UserId;

/** Addresses as the database has them: one letter for the kind, then the ids. */
final class Names {
    private static final String SERVER = "s";

    private Names() {}

    static String of(Address address) {
        return switch (address.kind()) {
            case SERVER -> SERVER;
            case USER -> of(((Address.User) address).user());
            case DEVICE -> {
                Address.Device device = (Address.Device) address;
                String user = device.user().value();
                yield "d" + user.length() + ":" + user + device.device().value();
            }
            case GROUP -> "g" + ((Address.Group) address).group().value();
        };
    }

    static String of(UserId user) {
        return "u" + user.value();
    }

    static Address address(String name) {
        String rest = name.substring(1);
        return switch (name.charAt(0)) {
            case 's' -> Address.server();
            case 'u' -> Address.user(rest);
            case 'g' -> Address.group(rest);
            case 'd' -> {
                int colon = rest.indexOf(':');
                int begin = colon + 1;
                int end = begin + Integer.parseInt(rest, 0, colon, 10);
                yield Address.device(rest.substring(begin, end), rest.substring(end));
            }
            default -> throw new IllegalStateException("no address: " + name);
        };
    }

    static UserId user(String name) {
        if (name.charAt(0) != 'u') {
            throw new IllegalStateException("no user: " + name);
        }
        return new UserId(name.substring(1));
    }

    /** Who sent, if it is a user on whichever device; else nothing that a user is called. */
    static String userOf(Address address) {
        return address instanceof Address.Device device ? of(device.user()) : of(address);
    }
}
