/** Datapath drivers: what owns ports' file descriptors and the flow table. */
@Export
@Version("0.1.0")
package org.vnetwork.datapath;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
