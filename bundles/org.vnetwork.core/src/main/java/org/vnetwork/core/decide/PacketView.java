package org.vnetwork.core.decide;

import java.lang.foreign.MemorySegment;
import java.util.Set;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.Layer;

/** The packet as one stage sees it: the recorder's key under the rewrites of its branch; of no use after the stage's call. */
final class PacketView implements RawPacket {
    private static final long MIX = 0x9e37_79b9_7f4a_7c15L;

    private final Recorder recorder;
    private final Branch branch;
    private final int vlan;
    private final Call call;

    PacketView(Recorder recorder, Branch branch, int vlan, Call call) {
        this.recorder = recorder;
        this.branch = branch;
        this.vlan = vlan;
        this.call = call;
    }

    @Override
    public int ingress() {
        call.check();
        return (int) recorder.get(Field.INGRESS);
    }

    @Override
    public int vlan() {
        call.check();
        return vlan;
    }

    @Override
    public long get(Field field) {
        call.check();
        Branch.Value given = branch.given(field);
        return given != null ? given.low() : recorder.get(field);
    }

    @Override
    public long high(Field field) {
        call.check();
        Branch.Value given = branch.given(field);
        return given != null ? given.high() : recorder.high(field);
    }

    @Override
    public boolean matches(Field field, long value, long mask) {
        return matches(field, 0, value, 0, mask);
    }

    @Override
    public boolean matches(Field field, long valueHigh, long valueLow, long maskHigh, long maskLow) {
        call.check();
        Branch.Value given = branch.given(field);
        return given != null ? ((given.high() ^ valueHigh) & maskHigh) == 0 && ((given.low() ^ valueLow) & maskLow & field.bits()) == 0 : recorder.matches(field, valueHigh, valueLow, maskHigh, maskLow);
    }

    @Override
    public boolean has(Layer layer) {
        call.check();
        return recorder.has(layer);
    }

    @Override
    public int hash(int seed, Field... fields) {
        long hash = seed;
        for (Field field : fields) {
            hash = mix(hash ^ get(field));
            if (field.width() > 64) {
                hash = mix(hash ^ high(field));
            }
        }
        return (int) (hash >>> 32);
    }

    private static long mix(long value) {
        long mixed = (value ^ value >>> 32) * MIX;
        return (mixed ^ mixed >>> 29) * MIX;
    }

    @Override
    public MemorySegment frame() {
        call.check();
        return call.lend(recorder.bytes());
    }

    @Override
    public void uncacheable() {
        call.check();
        recorder.uncacheable();
    }

    @Override
    public long raw(Field field) {
        call.check();
        Branch.Value value = branch.given(field);
        return value != null ? value.low() : field.inKey() ? field.in(recorder.key()) : recorder.get(field);
    }

    @Override
    public long rawHigh(Field field) {
        call.check();
        Branch.Value value = branch.given(field);
        return value != null ? value.high() : field.width() <= 64 ? 0 : field.inKey() ? recorder.key()[field.word()] : recorder.high(field);
    }

    @Override
    public void reveal(Field field, long maskHigh, long mask) {
        call.check();
        if (branch.given(field) == null) {
            recorder.matches(field, 0, 0, maskHigh, mask);
        }
    }

    @Override
    public long[] key() {
        call.check();
        return recorder.key();
    }

    @Override
    public long[] revealed() {
        call.check();
        return recorder.mask().clone();
    }

    @Override
    public boolean isGiven(Field field) {
        call.check();
        return branch.given(field) != null;
    }

    @Override
    public Set<Field> given() {
        call.check();
        return branch.given();
    }
}
