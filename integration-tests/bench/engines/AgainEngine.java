package org.vnetwork.bench;

/** Decides as PortsEngine does: a swap to it decides every flow again and changes none. */
public final class AgainEngine extends PortsEngine {
}
