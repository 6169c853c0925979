package org.vnetwork.shell.command;

import org.vnetwork.control.Configuration;
import org.vnetwork.control.HostDocument;

/** Commands on the configuration as a whole. */
@Scope("config")
public final class ConfigCommands {
    private final Configuration configuration;

    /** Commands on the configuration of a host. */
    public ConfigCommands(Configuration configuration) {
        this.configuration = configuration;
    }

    /** config:show. */
    @Does(value = "Shows the configuration as the commands that make it.", example = "config:show")
    public HostDocument show() {
        return configuration.current();
    }
}
