package org.vnetwork.model;

/**
 * Bad input, refused: nothing was changed.
 *
 * <p>The message is one line for the person who typed the value: what, the value, what was expected, and what to do.
 */
public final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** A refusal in words of the caller; use the factories where they fit. */
    public Refusal(String message) {
        super(message);
    }

    /** A refusal with the failure behind it, whose own text is already part of the message. */
    public Refusal(String message, Throwable cause) {
        super(message, cause);
    }

    /** For a value outside its range or form: {@code vlan: 4095 (expected: 1..4094)}. */
    public static Refusal value(String what, Object value, String expected) {
        return new Refusal(what + ": " + shown(value) + " (expected: " + expected + ")");
    }

    /** As {@link #value(String, Object, String)}, followed by what the person can do about it. */
    public static Refusal value(String what, Object value, String expected, String remedy) {
        return new Refusal(what + ": " + shown(value) + " (expected: " + expected + "); " + remedy);
    }

    private static String shown(Object value) {
        String text = String.valueOf(value);
        return text.isEmpty() ? "(empty)" : text;
    }
}
