/** A switch at work: its loop, its plugins, its ports. */
package org.vnetwork.core.run;
