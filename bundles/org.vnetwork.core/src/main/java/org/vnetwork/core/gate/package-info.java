/** The one place from which plugins are called, and what ends a call that does not return. */
package org.vnetwork.core.gate;
