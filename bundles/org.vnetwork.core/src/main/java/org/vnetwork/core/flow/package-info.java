/** Flows: decisions installed in the datapath, kept right as rows change. */
package org.vnetwork.core.flow;
