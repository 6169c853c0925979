package org.vnetwork.core.row;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.vnetwork.model.Ipv4Address;
import org.vnetwork.model.Ipv6Address;
import org.vnetwork.model.PortId;
import org.vnetwork.model.Refusal;

class RecordCodecTest {
    enum Colour {
        RED, GREEN
    }

    record Inner(short s, byte b, char c) {
    }

    record Everything(int i, long l, double d, float f, boolean z, Integer boxed, Long boxedLong, Boolean boxedTruth, String text, Colour colour, Inner inner, List<Inner> inners,
            List<String> texts, PortId port, Ipv4Address four, Ipv6Address six) {
    }

    private static final RecordCodec CODEC = RecordCodec.of(Everything.class, "test");

    private static Object around(Everything row) {
        RowOctets octets = new RowOctets();
        ByteBuffer buffer = ByteBuffer.allocate(1000);
        octets.write(CODEC.neutral(row), buffer);
        octets.write(Kind.Scalar.INT, 7, buffer);
        buffer.flip();
        Values read = octets.read(CODEC.schema(), buffer);
        assertEquals(7, octets.read(Kind.Scalar.INT, buffer), "what stands behind it is found");
        assertEquals(0, buffer.remaining());
        assertEquals(CODEC.neutral(row), read);
        return CODEC.live(read);
    }

    @Test
    void readsWhatItWrote() {
        Everything row = new Everything(1, Long.MIN_VALUE, 3.5, 4.25f, true, 5, 6L, false, "täxt", Colour.GREEN, new Inner((short) 7, (byte) 8, 'x'), List.of(new Inner((short) 9, (byte) 1, 'y')),
                List.of("", "b"), new PortId(3), Ipv4Address.parse("10.0.0.1"), Ipv6Address.parse("2001:db8::1"));
        assertEquals(row, around(row));
        Everything nulls = new Everything(0, 0, Double.NaN, Float.NEGATIVE_INFINITY, false, null, null, null, null, null, null, null, null, null, null, null);
        assertEquals(nulls, around(nulls));
    }

    @Test
    void aSchemaIsReadAsItWasWritten() {
        ByteBuffer buffer = ByteBuffer.allocate(1000);
        RowType type = new RowType("test.all/1", true, RecordCodec.of(Inner.class, "test").schema(), CODEC.schema());
        new RowOctets().write(type, "com.acme", buffer);
        RowOctets.Typed read = RowOctets.type(buffer.flip());
        assertEquals(type, read.type());
        assertEquals("com.acme", read.owner());
        assertEquals("(i:int,l:long,d:double,f:float,z:boolean,boxed:int?,boxedLong:long?,boxedTruth:boolean?,text:text,colour:one of RED, GREEN,inner:(s:short,b:byte,c:char),"
                + "inners:list of (s:short,b:byte,c:char),texts:list of text,port:port,four:ipv4,six:ipv6)", read.type().row().text());
    }

    @Test
    void whatIsNoValueOfItsKindIsRefused() {
        ByteBuffer buffer = ByteBuffer.allocate(100);
        new RowOctets().write(Kind.Scalar.TEXT, "BLUE", buffer);
        buffer.flip();
        for (Kind kind : List.of(new Kind.Constants(List.of("RED", "GREEN")), Kind.Scalar.INT, Kind.Scalar.CHAR, Kind.Scalar.PORT, Kind.Scalar.IPV4, new Kind.ListOf(Kind.Scalar.TEXT), CODEC.kind())) {
            assertThrows(IllegalArgumentException.class, () -> new RowOctets().read(kind, buffer.duplicate()), kind.text());
        }
        assertThrows(IllegalArgumentException.class, () -> new RowOctets().read(Kind.Scalar.TEXT, ByteBuffer.allocate(0)));
        for (int length = 1; length < 5; length++) {
            ByteBuffer cut = ByteBuffer.wrap(java.util.Arrays.copyOf(buffer.array(), length));
            assertThrows(IllegalArgumentException.class, () -> new RowOctets().read(Kind.Scalar.TEXT, cut));
        }
    }

    record Endless(List<Endless> inner) {
    }

    @Test
    void aRecordThatContainsItselfIsRefused() {
        assertTrue(assertThrows(Refusal.class, () -> RecordCodec.of(Endless.class, "test/1")).getMessage().startsWith("test/1 component inner"));
    }
}
