// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.peer;

/** The client's end of one flow. Every method may be called from any thread and returns at once. */
public interface PeerLink {

    /**
     * Sends one message of a chat load, at once. Messages of one flow are sent by one thread.
     *
     * @param message handed over
     */
    void send(byte[] message);

    /**
     * Sends so many bytes of bulk, as fast as the transport takes them.
     *
     * @param bytes above 0
     */
    void transfer(long bytes);
}
