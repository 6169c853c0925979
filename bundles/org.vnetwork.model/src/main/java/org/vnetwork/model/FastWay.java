package org.vnetwork.model;

/** Whether frames for the station behind a veth go to it directly, around the port's own device and all that looks there. */
public enum FastWay {
    /** Directly while nothing looks at the device: no queue discipline, program, filter or packet socket. */
    AUTO,
    /** Directly, whatever looks. */
    ON,
    /** Never directly. */
    OFF;

    /** {@code auto}, {@code on} or {@code off}. */
    @Override
    public String toString() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }

    /** The value of a text; a {@link Refusal} names the three. */
    public static FastWay of(String text) {
        for (FastWay way : values()) {
            if (way.toString().equals(text)) {
                return way;
            }
        }
        throw Refusal.value("fast", text, "auto, on or off");
    }
}
