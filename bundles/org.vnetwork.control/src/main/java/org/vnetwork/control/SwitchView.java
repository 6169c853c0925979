package org.vnetwork.control;

/**
 * A switch at work.
 *
 * @param name of the switch
 * @param engine in use
 * @param datapath in use
 * @param ports how many
 * @param flows installed
 * @param masks different masks of these flows
 * @param upcalls frames decided by the pipeline so far
 * @param failures times that an engine or filter threw
 */
public record SwitchView(String name, String engine, String datapath, int ports, int flows, int masks, long upcalls, long failures) {
}
