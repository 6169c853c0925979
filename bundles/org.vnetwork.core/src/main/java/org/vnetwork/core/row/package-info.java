/** Tables of a switch, transactions on them, and who depends on which row. */
package org.vnetwork.core.row;
