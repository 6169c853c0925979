/** Rules by priority over field masks: finds the first that matches while reading few bits, and knows which flows a change can touch. */
package org.vnetwork.core.rule;
