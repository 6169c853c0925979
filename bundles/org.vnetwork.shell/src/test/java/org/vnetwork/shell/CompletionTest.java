package org.vnetwork.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.vnetwork.control.PluginView;

/** What TAB offers behind a line; the last word begins behind the last space. */
class CompletionTest {
    private final TestConsole console = TestConsole.after("switch:create sw1", "port:add sw1 web1 --sim", "port:add sw1 db1 --sim", "switch:create sw2", "port:add sw2 up1 --sim");
    private final Completion completion = new Completion(console.commands, new Names(console.host, console.host, null));

    @AfterEach
    void close() {
        console.close();
    }

    private List<String> offers(String line) {
        return completion.offers(Arrays.asList(line.split(" ", -1))).stream().map(Completion.Offer::text).toList();
    }

    @Test
    void scopesFirstThenTheirCommands() {
        assertTrue(offers("sw").containsAll(List.of("switch:", "port:", "help", "exit")));
        assertEquals(List.of("switch:create", "switch:limit", "switch:list", "switch:remove", "switch:set", "switch:show"), offers("switch:"));
        assertEquals(List.of(), offers("nope:"));
    }

    @Test
    void namesByPosition() {
        assertEquals(List.of("sw1", "sw2"), offers("port:show "));
        assertEquals(List.of("web1", "db1"), offers("port:show sw1 "));
        assertEquals(List.of("up1"), offers("port:show sw2 u"));
        assertEquals(List.of("flood", "learning"), offers("engine:swap sw1 "));
        assertEquals(List.of("sw1/web1", "sw1/db1", "sw2/up1"), offers("filter:add "));
        assertEquals(List.of("count"), offers("filter:add sw1/web1 "));
        assertEquals(List.of("fdb"), offers("table:show sw1 "));
        assertEquals(List.of("1", "2"), offers("flow:show sw1 "));
    }

    @Test
    void namesThatASwitchWouldTellAreNotWaitedForWhenItHangs() {
        console.host.hung.put("sw1", "hung 12s in engine x");
        assertEquals(List.of(), offers("table:show sw1 "));
        assertEquals(List.of(), offers("flow:show sw1 "));
        assertEquals(List.of("web1", "db1"), offers("port:show sw1 "));
        assertEquals(List.of("1", "2"), offers("flow:show sw2 "));
    }

    @Test
    void idsOfFlowsAreOfferedByTheirFirstDigits() {
        assertEquals(List.of("2"), offers("flow:show sw1 2"));
    }

    @Test
    void offersNoOptionsWhereANameIsExpected() {
        assertEquals(List.of(), offers("port:show nope "));
        assertEquals(List.of(), offers("switch:create "));
        assertEquals(List.of("--json", "--help"), offers("port:show nope -"));
        assertEquals(List.of("--json", "--help"), offers("port:show sw1 web1 "));
    }

    @Test
    void optionsAndTheirValues() {
        assertEquals(List.of("--engine", "--datapath", "--fail", "--plan", "--json", "--help"), offers("switch:create a -"));
        assertEquals(List.of("--datapath", "--fail", "--plan", "--json", "--help"), offers("switch:create a --engine flood "));
        assertEquals(List.of("flood", "learning"), offers("switch:create a --engine "));
        assertEquals(List.of("web1", "db1"), offers("flow:trace sw1 --in "));
        assertEquals(List.of("open", "closed"), offers("filter:add sw1/web1 count --fail "));
        assertEquals(List.of("auto", "on", "off"), offers("port:set sw1 web1 --fast "));
        assertTrue(offers("port:add sw1 p --tap vm7 -").containsAll(List.of("--queues", "--fast")));
    }

    @Test
    void versionsWhereThereAreSeveralOrOneIsTyped() {
        assertEquals(List.of("flood", "flood@0.1.0", "learning"), offers("engine:swap sw1 flood@"));
        console.host.moreEngines.add(new PluginView("flood", "0.2.0", "org.vnetwork.engine.flood", PluginView.STANDBY, List.of()));
        console.host.moreEngines.add(new PluginView("gone", "1.0.0", "com.acme.gone", PluginView.NOT_INSTALLED, List.of("sw1")));
        console.host.moreEngines.add(new PluginView("stranger", "1.0.0", "com.acme.stranger", "refused: one instance", List.of()));
        assertEquals(List.of("flood", "flood@0.1.0", "learning", "flood@0.2.0"), offers("engine:swap sw1 "));
        assertEquals(List.of("--confirm-within", "--plan", "--json", "--help"), offers("engine:swap sw1 flood "));
        assertEquals(List.of("sw1", "sw2"), offers("engine:confirm "));
        assertEquals(List.of("sw1", "sw2"), offers("engine:back "));
        assertEquals(List.of("sw1/web1", "sw1/db1", "sw2/up1"), offers("filter:back "));
        assertEquals(List.of("count"), offers("filter:swap sw1/web1 1 "));
        assertEquals("16", offers("filter:confirm sw1/web1 ").getLast());
    }

    @Test
    void vlansThatOtherPortsAreIn() {
        console.run("port:add sw1 t --sim --trunk 10,20-30 --native 10; port:add sw1 a --sim --access 40");
        assertEquals(List.of("all", "10,20-30"), offers("port:set sw1 web1 --trunk "));
        assertEquals(List.of("1", "10", "40"), offers("port:set sw1 web1 --access "));
    }

    @Test
    void componentsOfKeysAndRowsAndWhatTheyCanBe() {
        assertEquals(List.of("vlan=", "mac="), offers("table:put sw1 fdb "));
        assertEquals(List.of("vlan=10,mac="), offers("table:put sw1 fdb vlan=10,m"));
        assertEquals(List.of("port=", "fixed="), offers("table:put sw1 fdb vlan=10,mac=02:00:00:00:00:01 "));
        assertEquals(List.of("port=web1", "port=db1"), offers("table:put sw1 fdb vlan=10,mac=02:00:00:00:00:01 port="));
        assertEquals(List.of("port=web1,fixed=true", "port=web1,fixed=false"), offers("table:put sw1 fdb vlan=10,mac=02:00:00:00:00:01 port=web1,fixed=t"));
        assertEquals(List.of("vlan=", "mac="), offers("table:remove sw1 fdb "));
        assertEquals(List.of("com.acme.policy", "other"), offers("rule:list sw1 "));
    }

    @Test
    void onlyTheLastCommandOfALineCounts() {
        assertEquals(List.of("sw1", "sw2"), offers("switch:list; port:show "));
        assertTrue(offers("port:list | g").contains("grep"));
    }

    @Test
    void aScopeIsFollowedByNoSpace() {
        assertTrue(completion.offers(List.of("")).stream().filter(o -> o.text().endsWith(":")).noneMatch(Completion.Offer::complete));
    }
}
