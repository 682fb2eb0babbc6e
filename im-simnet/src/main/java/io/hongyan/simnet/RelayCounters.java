// SPDX-License-Identifier: Apache-2.0
package io.hongyan.simnet;

/**
 * What a {@link UdpRelay} has done so far. Immutable snapshot.
 *
 * @param up the link from the clients to the target
 * @param down the link from the target to the clients
 * @param upLateness how late datagrams left for the target
 * @param downLateness how late datagrams left for the clients
 * @param flows clients known now
 * @param flowsTotal clients ever known; one that was forgotten and came back counts again
 * @param flowsRefused datagrams dropped because a new client had no place, or no socket could be opened for it
 * @param addressChanges how often every client's address changed towards the target
 * @param overflowDrops datagrams dropped because too many bytes were on their way
 * @param unroutedDatagrams datagrams whose client was forgotten while they were on their way
 * @param socketErrors datagrams the kernel would not take, and errors it reported
 */
public record RelayCounters(
        LinkCounters up,
        LinkCounters down,
        Lateness upLateness,
        Lateness downLateness,
        int flows,
        long flowsTotal,
        long flowsRefused,
        long addressChanges,
        long overflowDrops,
        long unroutedDatagrams,
        long socketErrors) {

    /** The link in one direction; both together for {@link Direction#BOTH}. */
    public LinkCounters link(Direction direction) {
        return switch (direction) {
            case UP -> up;
            case DOWN -> down;
            case BOTH -> up.plus(down);
        };
    }
}
