/** Ports over sockets, and a flow cache in Java. */
package org.vnetwork.datapath.user;
