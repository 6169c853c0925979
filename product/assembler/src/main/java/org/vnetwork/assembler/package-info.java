/** Puts the product together from {@code features/*.json}; runs in the build only. */
package org.vnetwork.assembler;
