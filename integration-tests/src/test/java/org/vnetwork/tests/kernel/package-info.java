/** The eBPF datapath between real devices. */
package org.vnetwork.tests.kernel;
