package org.vnetwork.core.run;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.vnetwork.datapath.DropNumbers;
import org.vnetwork.packet.DropReason;

/** Numbers of the drop reasons of one switch, the same for Java and the flow table. Loop thread only. */
final class DropRegistry {
    private static final DropReason CONSUMED = DropReason.of("core/consumed");
    /** Stands for all reasons that came when every number was taken. */
    private static final int OTHER = 15;

    private final List<DropReason> byNumber = new ArrayList<>();
    private final Map<DropReason, Integer> numbers = new HashMap<>();

    DropRegistry() {
        byNumber.add(CONSUMED);
        byNumber.addAll(DropNumbers.REASONS);
        for (int i = 1; i < byNumber.size(); i++) {
            numbers.put(byNumber.get(i), i);
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
        byNumber.add(reason);
        numbers.put(reason, byNumber.size() - 1);
        return byNumber.size() - 1;
    }

    String text(int number) {
        return number < byNumber.size() ? byNumber.get(number).text() : "#" + number;
    }
}
