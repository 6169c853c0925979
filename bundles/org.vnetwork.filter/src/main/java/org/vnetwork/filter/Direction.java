package org.vnetwork.filter;

/** Which way a frame passes a port's filters. */
public enum Direction {
    /** From the port's owner into the switch. */
    IN,
    /** From the switch to the port's owner. */
    OUT
}
