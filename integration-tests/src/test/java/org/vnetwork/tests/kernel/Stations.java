package org.vnetwork.tests.kernel;

import java.io.IOException;

/** Two stations that know each other's addresses: they speak IPv4 also while nobody carries ARP requests. */
final class Stations {
    /** Address of the second. */
    static final String ADDRESS = "10.78.0.2";

    final Space first;
    final Space second;

    /** Makes both, each with a cable to here, whose end here is {@code END1h} or {@code END2h}. */
    Stations(Lab lab, String end) throws IOException {
        first = lab.space();
        second = lab.space();
        Space[] spaces = {first, second};
        String[] macs = {"02:00:00:00:03:01", "02:00:00:00:03:02"};
        for (int i = 0; i < 2; i++) {
            String device = Lab.name(end + (i + 1));
            lab.cable(spaces[i], end + (i + 1), "address " + macs[i]);
            spaces[i].ip("addr add 10.78.0." + (i + 1) + "/24 dev " + device);
            spaces[i].ip("neigh add 10.78.0." + (2 - i) + " lladdr " + macs[1 - i] + " dev " + device + " nud permanent");
        }
    }

    /** The first pings the second. */
    Ping ping() throws IOException {
        return new Ping(first, second, ADDRESS);
    }

    /** The first sends the second octets, as fast as it can, until the stream is closed. */
    Stream stream() throws IOException {
        return new Stream(first, second, ADDRESS, Long.MAX_VALUE);
    }
}
