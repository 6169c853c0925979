package org.vnetwork.core.decide;

/**
 * An output that a stage asked for, with the rewrites made until then.
 *
 * @param port id of the port
 * @param branch own copy
 */
record Output(int port, Branch branch) {
}
