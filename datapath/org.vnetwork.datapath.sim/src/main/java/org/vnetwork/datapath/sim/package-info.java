/** Ports, flows and a clock in memory. */
package org.vnetwork.datapath.sim;
