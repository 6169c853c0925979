package org.vnetwork.control;

import java.util.List;

/**
 * A flow.
 *
 * @param id in its switch
 * @param match fields compared, as text
 * @param actions as text
 * @param packets frames so far
 * @param bytes octets so far
 * @param ageMillis since it was installed
 * @param idleMillis since its last frame
 * @param inspect whether its frames are decided one by one
 * @param rows that its decision read, as text
 * @param refreshes rows that its traffic keeps young, as text
 */
public record FlowView(int id, String match, String actions, long packets, long bytes, long ageMillis, long idleMillis, boolean inspect, List<String> rows, List<String> refreshes) {
}
