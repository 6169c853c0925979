/** vNetwork Appliance API: what stands in a port's path and passes, changes, diverts or refuses frames. */
@Export
@Version("0.1.0")
package org.vnetwork.filter;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
