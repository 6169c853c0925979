/** The built-in engine: an 802.1Q learning bridge. */
package org.vnetwork.engine.learning;
