/** vNetwork Switch API: what decides where a switch sends frames. */
@Export
@Version("0.1.0")
package org.vnetwork.engine;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
