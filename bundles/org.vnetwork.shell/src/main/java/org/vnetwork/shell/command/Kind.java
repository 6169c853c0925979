package org.vnetwork.shell.command;

/** What a word on the command line names: its placeholder in help, and what TAB offers for it. */
public enum Kind {
    /** A switch of this host. */
    SWITCH("SWITCH"),
    /** A port of the switch that stands before it. */
    PORT("PORT"),
    /** A port of any switch: {@code web1}, or {@code sw1/web1}. */
    HOST_PORT("PORT"),
    /** A name for something new. */
    NEW_NAME("NAME"),
    /** An installed engine. */
    ENGINE("ENGINE"),
    /** An installed filter. */
    FILTER("FILTER"),
    /** An installed datapath driver. */
    DATAPATH("DATAPATH"),
    /** A network device of this machine. */
    DEVICE("DEVICE"),
    /** A socket's address: a path or an IP address with a port. */
    ADDRESS("ADDRESS"),
    /** A socket's own address and its peer's. */
    ADDRESSES("LOCAL PEER"),
    /** The address of a tunnel's other end. */
    REMOTE("REMOTE"),
    /** A multicast address and a port number. */
    GROUP("GROUP:PORT"),
    /** A table of the switch that stands before it. */
    TABLE("TABLE"),
    /** A data type of rules of the switch that stands before it. */
    RULES("TYPE"),
    /** The id of a flow of the switch that stands before it. */
    FLOW("ID"),
    /** A slot of a port. */
    SLOT("SLOT"),
    /** A VLAN id. */
    VLAN("VLAN"),
    /** VLAN ids and ranges of them, or all. */
    VLANS("VLANS"),
    /** Components of a key. */
    KEY("KEY"),
    /** Components of a row. */
    ROW("ROW"),
    /** A frame in the console's notation. */
    FRAME("FRAME"),
    /** A whole number. */
    COUNT("N"),
    /** A length of time. */
    DURATION("DURATION"),
    /** Whether a port lets frames pass when its filter fails. */
    FAILURE_POLICY("open|closed"),
    /** A bundle's id or symbolic name. */
    BUNDLE("BUNDLE"),
    /** A file on the host. */
    FILE("FILE"),
    /** Address of a jar. */
    URL("URL"),
    /** Whether frames may go around a port's device. */
    FAST_WAY("auto|on|off"),
    /** A command or a scope. */
    COMMAND("COMMAND"),
    /** Any text. */
    TEXT("TEXT"),
    /** No word: the option stands alone. */
    FLAG("");

    private final String placeholder;

    Kind(String placeholder) {
        this.placeholder = placeholder;
    }

    /** How many words it takes. */
    public int words() {
        return this == ADDRESSES ? 2 : 1;
    }

    /** How help writes it. */
    public String placeholder() {
        return placeholder;
    }
}
