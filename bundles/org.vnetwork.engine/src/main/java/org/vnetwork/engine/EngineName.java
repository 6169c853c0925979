package org.vnetwork.engine;

import org.osgi.service.component.annotations.ComponentPropertyType;

/** Names an engine, for {@code switch:create sw1 --engine NAME}: service property {@code vnetwork.engine.name}. */
@ComponentPropertyType
public @interface EngineName {
    /** Prefix of the service property. */
    String PREFIX_ = "vnetwork.";

    /** The name: 1 to 32 lower-case letters, digits, dashes and dots, a letter first; no other bundle has it. */
    String value();
}
