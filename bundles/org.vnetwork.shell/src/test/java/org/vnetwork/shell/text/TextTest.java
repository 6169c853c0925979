package org.vnetwork.shell.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.vnetwork.control.Change;
import org.vnetwork.control.DropView;
import org.vnetwork.control.FlowView;
import org.vnetwork.control.HostView;
import org.vnetwork.control.RowView;
import org.vnetwork.control.StageView;
import org.vnetwork.control.TraceView;

/** Layout of results. */
class TextTest {
    @Test
    void alignsNumbersToTheRightAndTheRestToTheLeft() {
        assertEquals("""
                port  reason           count
                web1  firewall/denied      3
                db    port/vlan         1200
                """, Text.of(List.of(new DropView("web1", "firewall/denied", 3), new DropView("db", "port/vlan", 1200)), Ink.PLAIN));
    }

    @Test
    void showsAnEmptyListAsNone() {
        assertEquals("none\n", Text.of(List.of(), Ink.PLAIN));
    }

    @Test
    void printsNothingForACommandThatReturnsNothing() {
        assertEquals("", Text.of(null, Ink.PLAIN));
    }

    @Test
    void headerIsBoldInATerminalOnly() {
        assertEquals("\u001b[1mport  reason  count\u001b[0m\na     b           1\n", Text.of(List.of(new DropView("a", "b", 1)), Ink.TERMINAL));
    }

    @Test
    void showsOneRecordAsNamesAndValues() {
        assertEquals("""
                name             default
                version          0.1.0
                pid              7
                uptime           1h2m
                datapath         sim
                datapath reason  no root
                configuration    as written
                switches         1
                ports            2
                """, Text.of(new HostView("default", "0.1.0", 7, 3723, "sim", "no root", "as written", 1, 2), Ink.PLAIN));
    }

    @Test
    void showsEachRowOfAFlowOnItsLine() {
        FlowView flow = new FlowView(3, "vlan=10", "output 2", 5, 300, 500, -1, false, List.of("fdb a", "fdb b"), List.of());
        assertEquals("""
                id         3
                match      vlan=10
                actions    output 2
                packets    5
                bytes      300
                age        500ms
                idle       -
                inspect    no
                rows       fdb a
                           fdb b
                refreshes  -
                """, Text.of(flow, Ink.PLAIN));
    }

    @Test
    void showsComponentsOfRowsAsColumns() {
        RowView row = new RowView(new java.util.TreeMap<>(Map.of("mac", "02:00:00:00:00:01", "vlan", 10)), Map.of("port", "web1"), 0, -1, 2);
        assertEquals("""
                mac                vlan  port  age  expires  flows
                02:00:00:00:00:01    10  web1  0s   stays        2
                """, Text.of(List.of(row), Ink.PLAIN));
    }

    @Test
    void showsATraceStageByStage() {
        TraceView trace = new TraceView("eth()", List.of(new StageView("port in", List.of("tag=none"), List.of(), List.of(), "VLAN 10"),
                new StageView("engine learning", List.of("src=1", "dst=2"), List.of("fdb 1"), List.of("put fdb 1"), "flood")), -1, "vlan=10", "output 2");
        assertEquals("""
                frame  eth()
                port in
                  reads    tag=none
                  verdict  VLAN 10
                engine learning
                  reads    src=1, dst=2
                  rows     fdb 1
                  writes   put fdb 1
                  verdict  flood
                result
                  flow     no installed flow matches
                  match    vlan=10
                  actions  output 2
                """, Text.of(trace, Ink.PLAIN));
    }

    @Test
    void marksTheSecondRunOfATrace() {
        StageView stage = new StageView("port in", List.of(), List.of(), List.of(), "VLAN 10");
        assertEquals("""
                frame  eth()
                port in
                  verdict  VLAN 10
                second run, with the rows that the first would write
                port in
                  verdict  VLAN 10
                result
                  flow     flow 4 matches
                  match    vlan=10
                  actions  drop
                """, Text.of(new TraceView("eth()", List.of(stage, new StageView("port in", List.of(), List.of(), List.of(), "VLAN 10")), 4, "vlan=10", "drop"), Ink.PLAIN));
    }

    @Test
    void saysWhenAChangeIsPlannedOrNone() {
        assertEquals("+ a\nplanned only: nothing was changed\n", Text.of(new Change(false, List.of("+ a"), List.of()), Ink.PLAIN));
        assertEquals("no difference\n", Text.of(new Change(true, List.of(), List.of()), Ink.PLAIN));
        assertEquals("~ a\npause 2 ms\n", Text.of(new Change(true, List.of("~ a"), List.of("pause 2 ms")), Ink.PLAIN));
        assertEquals("\u001b[31m- a\u001b[0m\n", Text.of(new Change(true, List.of("- a"), List.of()), Ink.TERMINAL));
    }

    @Test
    void whatDoesNotFitStandsInALineBelowItsRow() {
        FlowView flow = new FlowView(3, "in=web1,tag_kind=none,parse=ok,eth_dst=02:00:00:00:00:02,eth_src=02:00:00:00:00:01", "output web2", 5, 300, 500, 1, false, List.of(), List.of());
        FlowView all = new FlowView(4, "", "drop firewall/denied", 5, 300, 500, 1, false, List.of(), List.of());
        assertEquals("""
                id  packets  bytes  age    idle  rows  actions
                 3        5    300  500ms  1ms      0  output web2
                    match  in=web1,tag_kind=none,parse=ok,
                           eth_dst=02:00:00:00:00:02,
                           eth_src=02:00:00:00:00:01
                 4        5    300  500ms  1ms      0  drop firewall/denied
                """, Text.of(List.of(flow, all), Ink.PLAIN, 60));
        assertEquals("""
                id  packets  bytes  age    idle  rows
                 3        5    300  500ms  1ms      0
                    actions  output web2
                    match    in=web1,tag_kind=none,parse=ok,
                             eth_dst=02:00:00:00:00:02,
                             eth_src=02:00:00:00:00:01
                 4        5    300  500ms  1ms      0
                    actions  drop firewall/denied
                """, Text.of(List.of(flow, all), Ink.PLAIN, 45));
    }

    @Test
    void linesBreakBetweenWordsBelowTheirOwnText() {
        assertEquals("name   a value of several\n       words\n", Wrap.lines("name   a value of several words\n", 25));
        assertEquals("port:add: NAME is missing\n  (expected: more)", Wrap.lines("port:add: NAME is missing (expected: more)", 26));
        assertEquals("averyveryveryveryverylongwordthatisone\n  end", Wrap.lines("averyveryveryveryverylongwordthatisone end", 20));
        assertEquals("\u001b[31mfour words in red\n  ink\u001b[0m", Wrap.lines("\u001b[31mfour words in red ink\u001b[0m", 20));
        assertEquals("any length of line is left as it is without a terminal", Wrap.lines("any length of line is left as it is without a terminal", 0));
    }

    @Test
    void lengthsOfTimeHaveAtMostTwoUnits() {
        assertEquals(List.of("0s", "1ms", "999ms", "1s", "12.5s", "5m", "5m10s", "3h5m", "2d4h", "-"),
                List.of(0L, 1L, 999L, 1_000L, 12_543L, 300_000L, 310_000L, 11_100_000L, 187_200_000L, -1L).stream().map(Cells::millis).toList());
    }
}
