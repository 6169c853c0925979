/** The smallest engine: a hub for each VLAN. */
package org.vnetwork.engine.flood;
