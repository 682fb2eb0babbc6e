// SPDX-License-Identifier: Apache-2.0
package io.hongyan.benchmarks.road;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.NativeLong;

/** The calls of the Linux C library that Java lacks. Each fails with a {@link LastErrorException}. */
interface LinuxCalls extends Library {

    int O_RDWR_NONBLOCK_CLOEXEC = 02 | 04000 | 02000000;
    int CLONE_NEWNET = 0x40000000;
    int AF_INET = 2;
    int SOCK_DGRAM = 2;

    long TUNSETIFF = 0x400454caL;
    long SIOCSIFADDR = 0x8916;
    long SIOCSIFNETMASK = 0x891c;
    long SIOCSIFFLAGS = 0x8914;
    long SIOCSIFTXQLEN = 0x8943;

    /** Gives the calling thread alone new namespaces. */
    int unshare(int flags) throws LastErrorException;

    int open(String path, int flags) throws LastErrorException;

    int socket(int domain, int type, int protocol) throws LastErrorException;

    int ioctl(int descriptor, NativeLong request, Memory argument) throws LastErrorException;

    /** Waits until one of so many descriptors is ready; 0 if none was in time. */
    int poll(Memory descriptors, NativeLong count, int timeoutMillis) throws LastErrorException;

    NativeLong read(int descriptor, Memory buffer, NativeLong size) throws LastErrorException;

    NativeLong write(int descriptor, Memory buffer, NativeLong size) throws LastErrorException;

    int close(int descriptor) throws LastErrorException;
}
