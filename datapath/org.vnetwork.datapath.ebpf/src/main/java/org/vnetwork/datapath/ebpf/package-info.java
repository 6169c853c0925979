/** Ports and flows in the Linux kernel, through eBPF programs at tcx. */
package org.vnetwork.datapath.ebpf;
