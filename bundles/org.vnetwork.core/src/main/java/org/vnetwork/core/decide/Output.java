package org.vnetwork.core.decide;

/**
 * An output that a stage asked for, with the rewrites made until then.
 *
 * @param port id of the port
 * @param branch own copy
 * @param direct whether a filter made it: then it passes no further filter, so that filters cannot send to each other for ever
 * @param mirrored whether it is a copy for a mirror port, in whatever VLAN
 */
record Output(int port, Branch branch, boolean direct, boolean mirrored) {
    Output(int port, Branch branch, boolean direct) {
        this(port, branch, direct, false);
    }
}
