/** What consoles and remote peers may ask of a host: its configuration, and views of what it does. */
@Export
@Version("0.1.0")
package org.vnetwork.control;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
