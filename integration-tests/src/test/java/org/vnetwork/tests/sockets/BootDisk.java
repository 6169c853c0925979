package org.vnetwork.tests.sockets;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.vnetwork.tests.kernel.Command;

/** A disk as a PC boots it: a master boot record, and a FAT partition with SYSLINUX, a kernel and an initramfs. */
final class BootDisk {
    private static final Path RECORD = Path.of("/usr/lib/SYSLINUX/mbr.bin");
    private static final int SECTOR = 512;
    private static final int FIRST_SECTOR = 2_048;
    private static final int SECTORS = 65_536;
    private static final int TABLE = 446;
    private static final byte ACTIVE = (byte) 0x80;
    private static final byte FAT = 0x0e;

    private BootDisk() {
    }

    /** Skips the test where the disk cannot be made. */
    static void need() {
        assumeTrue(Files.exists(RECORD) && Guests.onPath("syslinux") && Guests.onPath("mformat") && Guests.onPath("qemu-img"),
                "SYSLINUX, mtools or qemu-img is missing: apt-get install syslinux mtools qemu-utils");
    }

    /** Makes a file such a disk, raw, which boots with these words. */
    static void make(Path file, Path kernel, Path initrd, String words) throws IOException {
        ByteBuffer entry = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).put(0, ACTIVE).put(4, FAT).putInt(8, FIRST_SECTOR).putInt(12, SECTORS - FIRST_SECTOR);
        try (RandomAccessFile disk = new RandomAccessFile(file.toFile(), "rw")) {
            disk.setLength((long) SECTORS * SECTOR);
            disk.write(Files.readAllBytes(RECORD));
            disk.seek(TABLE);
            disk.write(entry.array());
            disk.seek(SECTOR - 2);
            disk.writeShort(0x55aa);
        }
        Path menu = Files.writeString(file.resolveSibling("syslinux.cfg"), "DEFAULT linux\nLABEL linux\nKERNEL vmlinuz\nINITRD initrd\nAPPEND " + words + "\n");
        int offset = FIRST_SECTOR * SECTOR;
        String partition = file + "@@" + offset;
        Command.run("mformat", "-i", partition, "-T", Integer.toString(SECTORS - FIRST_SECTOR), "-h", "64", "-s", "32", "-H", Integer.toString(FIRST_SECTOR), "::");
        Command.run("mcopy", "-i", partition, kernel.toString(), "::vmlinuz");
        Command.run("mcopy", "-i", partition, initrd.toString(), "::initrd");
        Command.run("mcopy", "-i", partition, menu.toString(), "::syslinux.cfg");
        Command.run("syslinux", "-t", Integer.toString(offset), "-i", file.toString());
    }
}
