package org.vnetwork.core.run;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.vnetwork.core.journal.Journal;
import org.vnetwork.datapath.DropNumbers;
import org.vnetwork.packet.DropReason;

/** Numbers of the drop reasons of one switch, the same for Java and the flow table. Loop thread only. */
final class DropRegistry {
    private static final DropReason CONSUMED = DropReason.of("core/consumed");
    private static final DropReason FORGOTTEN = DropReason.of("core/forgotten");
    /** Stands for all reasons that came when every number was taken. */
    private static final int OTHER = 15;

    private final List<DropReason> byNumber = new ArrayList<>();
    private final Map<DropReason, Integer> numbers = new HashMap<>();

    private final Journal journal;
    private final ByteBuffer buffer = Journal.buffer();

    /** The numbers that drivers use, and those that an earlier process gave, since flows of its time still name them. */
    DropRegistry(Journal journal) {
        this.journal = journal;
        byNumber.add(CONSUMED);
        byNumber.addAll(DropNumbers.REASONS);
        for (int i = 1; i < byNumber.size(); i++) {
            numbers.put(byNumber.get(i), i);
        }
        for (Journal.Found found : journal.take(Journal.Kind.REASON)) {
            int number = found.octets().getInt();
            DropReason reason = DropReason.of(StandardCharsets.UTF_8.decode(found.octets()).toString());
            while (byNumber.size() <= number) {
                byNumber.add(FORGOTTEN);
            }
            byNumber.set(number, reason);
            numbers.put(reason, number);
        }
    }

    int number(DropReason reason) {
        Integer known = numbers.get(reason);
        if (known != null) {
            return known;
        }
        if (byNumber.size() >= DropNumbers.LIMIT) {
            return OTHER;
        }
        buffer.clear().putInt(byNumber.size()).put(reason.text().getBytes(StandardCharsets.UTF_8));
        journal.put(Journal.Kind.REASON, buffer.flip(), 0, 0);
        byNumber.add(reason);
        numbers.put(reason, byNumber.size() - 1);
        return byNumber.size() - 1;
    }

    String text(int number) {
        return number < byNumber.size() ? byNumber.get(number).text() : "#" + number;
    }
}
