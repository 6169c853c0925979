package org.vnetwork.core.row;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class RowCodecTest {
    enum Colour {
        RED, GREEN
    }

    record Inner(short s, byte b, char c) {
    }

    record Everything(int i, long l, double d, float f, boolean z, Integer boxed, Long boxedLong, Boolean boxedTruth, String text, Colour colour, Inner inner, List<Inner> inners,
            List<String> texts) {
    }

    private static Object around(Everything row) {
        RowCodec codec = RowCodec.of(Everything.class);
        ByteBuffer buffer = ByteBuffer.allocate(1000);
        codec.write(row, buffer);
        return codec.read(buffer.flip());
    }

    @Test
    void readsWhatItWrote() {
        Everything row = new Everything(1, -2, 3.5, 4.25f, true, 5, 6L, false, "täxt", Colour.GREEN, new Inner((short) 7, (byte) 8, 'x'), List.of(new Inner((short) 9, (byte) 1, 'y')), List.of("", "b"));
        assertEquals(row, around(row));
        Everything nulls = new Everything(0, 0, 0, 0, false, null, null, null, null, null, null, null, null);
        assertEquals(nulls, around(nulls));
    }

    @Test
    void theSchemaNamesEveryComponent() {
        assertEquals("(i:int,l:long,d:double,f:float,z:boolean,boxed:Integer,boxedLong:Long,boxedTruth:Boolean,text:String,colour:enum,inner:(s:short,b:byte,c:char),"
                + "inners:[(s:short,b:byte,c:char)],texts:[String])", RowCodec.of(Everything.class).schema());
    }

    @Test
    void aConstantThatIsGoneAndACountThatLiesAreRefused() {
        RowCodec.OfEnum colour = new RowCodec.OfEnum(Colour.class);
        ByteBuffer buffer = ByteBuffer.allocate(100);
        new RowCodec.OfScalar(String.class).write("BLUE", buffer);
        assertThrows(IllegalArgumentException.class, () -> colour.read(buffer.flip()));
        ByteBuffer lie = ByteBuffer.allocate(8).putInt(1_000_000).flip();
        assertThrows(IllegalArgumentException.class, () -> new RowCodec.OfScalar(String.class).read(lie));
    }
}
