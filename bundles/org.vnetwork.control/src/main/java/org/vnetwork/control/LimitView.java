package org.vnetwork.control;

/**
 * A limit of a switch at work.
 *
 * @param limit its name
 * @param setting as configured
 * @param inForce what holds now: less when the datapath has room for less, or busy ports share what the switch can serve
 * @param used now; for a limit of each port, by the port that uses most
 * @param port that port, or empty
 * @param beyond how often it was reached since the switch began
 * @param then what happens beyond it
 */
public record LimitView(String limit, int setting, int inForce, long used, String port, long beyond, String then) {
}
