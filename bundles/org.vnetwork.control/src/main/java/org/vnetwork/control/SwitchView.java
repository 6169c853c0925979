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
 * @param state {@code ready}, or why it does not answer: {@code hung 12s in engine x ...}, {@code not running: ...}; then the rest is what was seen last
 */
public record SwitchView(String name, String engine, String datapath, int ports, int flows, int masks, long upcalls, long failures, String state) {
    /** State of a switch that answers. */
    public static final String READY = "ready";

    /** The same in another state. */
    public SwitchView in(String now) {
        return new SwitchView(name, engine, datapath, ports, flows, masks, upcalls, failures, now);
    }
}
