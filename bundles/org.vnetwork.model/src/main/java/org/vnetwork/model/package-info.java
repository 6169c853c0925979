/** Values and identifiers that every other bundle speaks in. */
@Export
@Version("0.1.0")
package org.vnetwork.model;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
