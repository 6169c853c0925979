package org.vnetwork.table.shared;

import org.vnetwork.table.DataType;

/**
 * Whether frames can go out of a port now, by its PortId: data type {@code link/1}. Every port has such a row; the platform alone writes it.
 *
 * <p>A decision that reads it is made again when the link goes down or comes up. One that does not goes on: frames for a port whose link is down are dropped as
 * {@code datapath/link-down}. Rows that name the port and expire, in any table, go with the link, so that stations behind it are looked for anew.
 *
 * @param up as the column {@code link} of {@code port:list} shows it
 */
@DataType("link/1")
public record PortLink(boolean up) {
}
