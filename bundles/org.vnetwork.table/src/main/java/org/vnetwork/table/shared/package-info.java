/** Data types that engines of all vendors share, so that their state survives a change of vendor. */
@Export
@Version("0.1.0")
package org.vnetwork.table.shared;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
