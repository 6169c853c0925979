/** Frames, flow keys and action lists as drivers and the core exchange them; authors of engines and filters need nothing here. */
@Export
@Version("0.1.0")
package org.vnetwork.packet.wire;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
