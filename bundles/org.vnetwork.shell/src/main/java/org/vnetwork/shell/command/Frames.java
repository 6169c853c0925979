package org.vnetwork.shell.command;

import org.vnetwork.packet.wire.FrameText;

/** Frames as operators type and read them. */
final class Frames {
    private Frames() {
    }

    static byte[] octets(String text) {
        return FrameText.build(text);
    }

    static String text(byte[] frame) {
        return FrameText.describe(frame);
    }
}
