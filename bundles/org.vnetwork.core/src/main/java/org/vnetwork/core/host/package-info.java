/** The host: which plugins there are, which switches run, and the configuration that says so. */
package org.vnetwork.core.host;
