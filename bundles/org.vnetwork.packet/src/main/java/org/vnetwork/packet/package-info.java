/** The recording view of a frame, its fields, the actions on it, and the reasons to drop it. */
@Export
@Version("0.1.0")
package org.vnetwork.packet;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
