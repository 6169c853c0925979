/** One decision: a packet through port stage, filters and engine, with what it read and what comes of it. */
package org.vnetwork.core.decide;
