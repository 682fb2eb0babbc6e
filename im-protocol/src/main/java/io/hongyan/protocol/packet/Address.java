// SPDX-License-Identifier: Apache-2.0
package io.hongyan.protocol.packet;

import io.hongyan.protocol.ThreadSafe;
import java.util.Objects;

/** Where a message goes, or where it came from: the server, a user, one device of a user, or a group. */
@ThreadSafe
public sealed interface Address {
    /** Which of the four an address is. The ordinal is the code on the wire. */
    enum Kind {
        SERVER,
        USER,
        DEVICE,
        GROUP
    }

    /** Which of the four this is. */
    Kind kind();

    /** The server itself, that is, the application behind it. */
    static Address server() {
        return Server.THE_SERVER;
    }

    /** @throws IllegalArgumentException when the text is no id */
    static Address user(String user) {
        return new User(new UserId(user));
    }

    /** @throws IllegalArgumentException when one of the texts is no id */
    static Address device(String user, String device) {
        return new Device(new UserId(user), new DeviceId(device));
    }

    /** @throws IllegalArgumentException when the text is no id */
    static Address group(String group) {
        return new Group(new GroupId(group));
    }

    /** The server itself; all values are equal. */
    record Server() implements Address {
        private static final Server THE_SERVER = new Server();

        @Override
        public Kind kind() {
            return Kind.SERVER;
        }

        @Override
        public String toString() {
            return "server";
        }
    }

    /** All devices of a user. */
    record User(UserId user) implements Address {
        public User {
            Objects.requireNonNull(user, "user");
        }

        @Override
        public Kind kind() {
            return Kind.USER;
        }

        @Override
        public String toString() {
            return user.value();
        }
    }

    /** One device of a user. */
    record Device(UserId user, DeviceId device) implements Address {
        public Device {
            Objects.requireNonNull(user, "user");
            Objects.requireNonNull(device, "device");
        }

        @Override
        public Kind kind() {
            return Kind.DEVICE;
        }

        @Override
        public String toString() {
            return user.value() + "/" + device.value();
        }
    }

    /** All members of a group. */
    record Group(GroupId group) implements Address {
        public Group {
            Objects.requireNonNull(group, "group");
        }

        @Override
        public Kind kind() {
            return Kind.GROUP;
        }

        @Override
        public String toString() {
            return "group " + group.value();
        }
    }
}
