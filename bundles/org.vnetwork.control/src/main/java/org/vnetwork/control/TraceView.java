package org.vnetwork.control;

import java.util.List;

/**
 * What the pipeline would do with a frame.
 *
 * @param frame the frame as text
 * @param stages in order; when the decision would write, those of the second run follow the first
 * @param flow the installed flow that matches the frame now, or -1
 * @param match mask and values of the flow that it would be installed as, or why it would not
 * @param actions as text
 */
public record TraceView(String frame, List<StageView> stages, int flow, String match, String actions) {
}
