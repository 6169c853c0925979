package org.vnetwork.shell.text;

/** Bold and coloured text in a terminal (ECMA-48 SGR), plain text elsewhere. */
public enum Ink {
    /** For files, pipes and the socket. */
    PLAIN,
    /** For a terminal. */
    TERMINAL;

    /** Text that stands out: headers, the prompt. */
    public String bold(String text) {
        return paint("1", text);
    }

    /** Text of an error, or of what goes. */
    public String red(String text) {
        return paint("31", text);
    }

    /** Text of what comes. */
    public String green(String text) {
        return paint("32", text);
    }

    /** Text of what changes. */
    public String yellow(String text) {
        return paint("33", text);
    }

    private String paint(String code, String text) {
        return this == PLAIN ? text : "\u001b[" + code + "m" + text + "\u001b[0m";
    }
}
