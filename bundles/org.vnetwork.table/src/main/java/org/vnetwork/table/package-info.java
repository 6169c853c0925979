/** Data types, the platform-owned tables that hold their rows, and what a plugin is given to work with. */
@Export
@Version("0.1.0")
package org.vnetwork.table;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
