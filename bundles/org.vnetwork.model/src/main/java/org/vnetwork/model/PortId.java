package org.vnetwork.model;

/**
 * A port of one switch, as rows name it.
 *
 * @param value 1..1023, unique within its switch and kept for the port's life, across restarts too
 */
public record PortId(int value) implements Comparable<PortId> {
    /** Ports that a switch can hold, and one more than the largest value. */
    public static final int LIMIT = 1024;

    public PortId {
        if (value < 1 || value >= LIMIT) {
            throw Refusal.value("port id", value, "1.." + (LIMIT - 1));
        }
    }

    @Override
    public int compareTo(PortId other) {
        return Integer.compare(value, other.value);
    }

    @Override
    public String toString() {
        return "#" + value;
    }
}
