package org.vnetwork.datapath.ebpf;

/** Whether the host's own IPv6 speaks on a device. */
final class Ipv6 {
    private Ipv6() {
    }

    /** Has it keep silent; true when it spoke before. */
    static boolean silence(String device) {
        return "0".equals(DeviceFile.read(setting(device))) && DeviceFile.write(setting(device), "1");
    }

    /** Has it speak again; false when the kernel refused. */
    static boolean restore(String device) {
        return DeviceFile.write(setting(device), "0");
    }

    private static String setting(String device) {
        return "/proc/sys/net/ipv6/conf/" + device + "/disable_ipv6";
    }
}
