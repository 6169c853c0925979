package org.vnetwork.core.decide;

import java.util.Set;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.Packet;

/** A packet whose values can be looked at without being recorded, for code that records by itself what it took. */
public interface RawPacket extends Packet {
    /** Low 64 bits of a field that the packet has, as earlier actions left it; records nothing. */
    long raw(Field field);

    /** High 64 bits, likewise. */
    long rawHigh(Field field);

    /** Records these bits of a field as read. */
    void reveal(Field field, long maskHigh, long mask);

    /** The whole key; not to be changed. */
    long[] key();

    /** A copy of the mask of all bits read so far. */
    long[] revealed();

    /** Fields that earlier actions set. */
    Set<Field> given();

    /** Whether an earlier action set a field, which the frame as received need not have. */
    boolean isGiven(Field field);
}
