// SPDX-License-Identifier: Apache-2.0
package io.hongyan.transport.netty;

import io.hongyan.protocol.ThreadSafe;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/** A set of networks, written {@code 10.0.0.0/8}, {@code 2001:db8::/32}, or as one address; immutable. */
@ThreadSafe
public final class Networks {
    /** No network, so no address. */
    public static final Networks NONE = new Networks(List.of());

    private final List<Network> networks;

    private Networks(List<Network> networks) {
        this.networks = networks;
    }

    /** @throws IllegalArgumentException naming what is no network; names of hosts are none */
    public static Networks of(String... texts) {
        List<Network> networks = new ArrayList<>();
        for (String text : texts) {
            networks.add(network(text.trim()));
        }
        return new Networks(List.copyOf(networks));
    }

    /** Whether there is none. */
    public boolean isEmpty() {
        return networks.isEmpty();
    }

    /** Whether the address is in one of them. */
    public boolean contains(InetAddress address) {
        if (networks.isEmpty()) {
            return false;
        }
        byte[] bytes = address.getAddress();
        for (Network network : networks) {
            if (network.contains(bytes)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public String toString() {
        return networks.toString();
    }

    private static Network network(String text) {
        int slash = text.indexOf('/');
        byte[] address = NetUtil.createByteArrayFromIpAddressString(slash < 0 ? text : text.substring(0, slash));
        if (address == null) {
            throw new IllegalArgumentException("not a network: " + text);
        }
        int most = address.length * 8;
        try {
            int bits = slash < 0 ? most : Integer.parseInt(text.substring(slash + 1));
            if (bits >= 0 && bits <= most) {
                return new Network(text, address, bits);
            }
        } catch (NumberFormatException noNumber) {
            throw new IllegalArgumentException("not a network: " + text, noNumber);
        }
        throw new IllegalArgumentException(
                "a network of " + most + "-bit addresses has 0 to " + most + " bits: " + text);
    }

    private static final class Network {
        private final String text;
        private final byte[] address;
        private final int bits;

        Network(String text, byte[] address, int bits) {
            this.text = text;
            this.address = address;
            this.bits = bits;
        }

        boolean contains(byte[] other) {
            if (other.length != address.length) {
                return false;
            }
            int whole = bits / 8;
            for (int i = 0; i < whole; i++) {
                if (other[i] != address[i]) {
                    return false;
                }
            }
            int rest = bits % 8;
            return rest == 0 || (other[whole] ^ address[whole]) >> 8 - rest == 0;
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
