package org.vnetwork.filter;

import org.osgi.service.component.annotations.ComponentPropertyType;

/** Names a filter, for {@code filter:add PORT NAME}: service property {@code vnetwork.filter.name}. */
@ComponentPropertyType
public @interface FilterName {
    /** Prefix of the service property. */
    String PREFIX_ = "vnetwork.";

    /** The name: 1 to 32 lower-case letters, digits, dashes and dots, a letter first; no other bundle has it. */
    String value();
}
