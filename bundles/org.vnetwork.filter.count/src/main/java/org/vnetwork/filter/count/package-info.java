/** The teaching filter: which kinds of traffic pass a port. */
package org.vnetwork.filter.count;
