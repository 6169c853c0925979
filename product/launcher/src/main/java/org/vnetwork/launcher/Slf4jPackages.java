package org.vnetwork.launcher;

import org.slf4j.Logger;

/** The packages of SLF4J that the framework exports to bundles, at the version that is on the class path. */
final class Slf4jPackages {
    static final String EXPORTS = exports("org.slf4j", "org.slf4j.event", "org.slf4j.helpers", "org.slf4j.spi");

    private Slf4jPackages() {
    }

    private static String exports(String... packages) {
        String version = Logger.class.getPackage().getImplementationVersion();
        String attribute = version == null ? "" : ";version=\"" + version + "\"";
        return String.join(attribute + ",", packages) + attribute;
    }
}
