package org.vnetwork.control;

/** What a switch bounds, so that one port cannot use up what all share. */
public enum Limit {
    /** Flows of the switch; the datapath may hold fewer. */
    FLOWS("flows", 200_000, 1, 1_000_000, "the longest idle flow is evicted"),
    /** Flows of one ingress port. */
    PORT_FLOWS("port-flows", 50_000, 1, 1_000_000, "the longest idle flow of the port is evicted"),
    /** Different masks of the flows of one ingress port. */
    PORT_MASKS("port-masks", 32, 2, 32, "a new mask is rounded up to one that compares more"),
    /** Learned rows of one table that name one port. */
    PORT_ROWS("port-rows", 8192, 1, 65_536, "the row is refused, nothing is learned"),
    /** Unknown frames that one port may send up in a second. */
    PORT_MISSES("port-misses", 4000, 1, 1_000_000, "the frame is dropped: datapath/miss-limit"),
    /** Unknown frames that one port may send up at once. */
    PORT_BURST("port-burst", 1024, 1, 4096, "the frame is dropped: datapath/miss-limit"),
    /** Moves of one learned row from port to port in ten seconds. */
    MOVES("moves", 5, 1, 1000, "the row stays where it is for ten seconds"),
    /** Milliseconds that a flow which gives way to others goes on where they do not match yet. */
    DRAIN("drain-ms", 1000, 0, 60_000, "the flow is removed");

    private final String text;
    private final int preset;
    private final int least;
    private final int most;
    private final String beyond;

    Limit(String text, int preset, int least, int most, String beyond) {
        this.text = text;
        this.preset = preset;
        this.least = least;
        this.most = most;
        this.beyond = beyond;
    }

    /** Its name in documents and on the console: {@code port-flows}. */
    public String text() {
        return text;
    }

    /** What it is unless set. */
    public int preset() {
        return preset;
    }

    /** The smallest value that can be set. */
    public int least() {
        return least;
    }

    /** The largest value that can be set. */
    public int most() {
        return most;
    }

    /** What happens beyond it, in a few words. */
    public String beyond() {
        return beyond;
    }

    @Override
    public String toString() {
        return text;
    }
}
