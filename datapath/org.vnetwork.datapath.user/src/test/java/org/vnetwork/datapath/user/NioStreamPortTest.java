package org.vnetwork.datapath.user;

/** The same with sockets of the JDK. */
class NioStreamPortTest extends StreamPortTest {
    @Override
    boolean isNative() {
        return false;
    }
}
