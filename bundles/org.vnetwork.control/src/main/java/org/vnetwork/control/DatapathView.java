package org.vnetwork.control;

import java.util.List;

/**
 * What a datapath driver can do.
 *
 * @param name as commands take it
 * @param state {@code ready}, or why it cannot be used
 * @param attachments kinds of port that it takes
 * @param matches fields that a flow can compare
 * @param sets fields that a flow can set; parts of tags are set by taking tags off and putting them on
 * @param actions what a flow can do beside outputs and drops
 * @param flows most flows of a switch
 * @param masksPerPort most different sets of compared bits for each ingress port
 */
public record DatapathView(String name, String state, List<String> attachments, List<String> matches, List<String> sets, List<String> actions, int flows, int masksPerPort) {
}
