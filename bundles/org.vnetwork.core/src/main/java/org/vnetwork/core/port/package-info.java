/** The platform's own rows about ports: what the port stages read. */
package org.vnetwork.core.port;
