/** What a switch must know again after its process died, in a memory-mapped file. */
package org.vnetwork.core.journal;
