// SPDX-License-Identifier: Apache-2.0
package io.hongyan.core.auth;

import io.hongyan.protocol.ThreadSafe;
import java.util.Objects;
import java.util.function.UnaryOperator;

/**
 * How many devices of a user may be logged in at once, and who goes when there is one more.
 *
 * <pre>
 *   a login of                        the policy replaces (default)      the policy refuses
 *   a device that is here already     its old session, REPLACED          its old session, REPLACED
 *   another device, room left         nobody                             nobody
 *   another device, no room           the oldest of its class, REPLACED  the new one, DEVICE_LIMIT
 * </pre>
 *
 * <p>Devices are counted per class: all are in one, or each platform class is one of its own. Both codes tell the client
 * not to come back by itself, so that two devices do not take turns for ever. What the replaced device had not
 * acknowledged goes to the one that came, or stays for the others.
 *
 * <p>The bound {@code devicesPerUser} holds for every policy. A device that comes again under a platform of another class
 * is counted as another device of that class.
 *
 * <pre>{@code
 * ImServer.builder().takeover(TakeoverPolicy.onePerPlatformClass().refusingNewDevices())
 * }</pre>
 */
@ThreadSafe
public final class TakeoverPolicy {
    private static final String ANY = "";

    private final int devicesPerClass;
    private final boolean refuses;
    private final UnaryOperator<String> classOf;

    private TakeoverPolicy(int devicesPerClass, boolean refuses, UnaryOperator<String> classOf) {
        this.devicesPerClass = devicesPerClass;
        this.refuses = refuses;
        this.classOf = classOf;
    }

    /** As many devices as {@code devicesPerUser} allows; the default. */
    public static TakeoverPolicy manyDevices() {
        return upTo(Integer.MAX_VALUE);
    }

    /** One device: a newer one takes the place of the one before. */
    public static TakeoverPolicy oneDevice() {
        return upTo(1);
    }

    /**
     * So many devices, of whatever kind.
     *
     * @param devices 1 or more
     */
    public static TakeoverPolicy upTo(int devices) {
        if (devices < 1) {
            throw new IllegalArgumentException("a policy allows 1 device or more, not " + devices);
        }
        return new TakeoverPolicy(devices, false, platform -> ANY);
    }

    /**
     * One device of each class, by what clients say their platform is: {@code mobile} (android, ios, harmony ...),
     * {@code tablet}, {@code desktop} (windows, macos, linux, java ...), {@code web} (browsers), and {@code other} for
     * everything else. The first known word of the platform decides.
     */
    public static TakeoverPolicy onePerPlatformClass() {
        return onePerPlatformClass(PlatformClasses::classOf);
    }

    /**
     * One device of each class of the application's own.
     *
     * @param classOf the class of a platform, which is free text from the client and may be empty. Called on a worker
     *     thread, once for each login; may block. When it throws or answers null the login is refused with
     *     {@code AUTHENTICATOR_FAILED}
     */
    public static TakeoverPolicy onePerPlatformClass(UnaryOperator<String> classOf) {
        return new TakeoverPolicy(1, false, Objects.requireNonNull(classOf, "classOf"));
    }

    /** The same, but those who are here stay, and a device too many is refused. */
    public TakeoverPolicy refusingNewDevices() {
        return new TakeoverPolicy(devicesPerClass, true, classOf);
    }

    /** Most devices of a user in one class. */
    public int devicesPerClass() {
        return devicesPerClass;
    }

    /** Whether a device too many is refused; else the oldest of its class is replaced. */
    public boolean refuses() {
        return refuses;
    }

    /** The class that devices of this platform are counted in. */
    public String classOf(String platform) {
        return Objects.requireNonNull(classOf.apply(platform), "a policy answered null for a class");
    }
}
