/** The user datapath between real sockets. */
package org.vnetwork.tests.sockets;
