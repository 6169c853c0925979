package org.vnetwork.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Lines as operators type them, on a host in memory. */
class CommandLineTest {
    private final TestConsole console = TestConsole.after("switch:create sw1", "port:add sw1 web1 --sim --access 10", "port:add sw1 up1 --sim --trunk 10,20 --native 1",
            "switch:create sw2", "port:add sw2 web1 --sim");

    @AfterEach
    void close() {
        console.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '!', textBlock = """
            switch:create sw1                        ! switch: sw1 (expected: a name that is not in use yet)
            switch:create ''                         ! switch name: (empty) (expected: 1 to 31 of A-Z a-z 0-9 _ . -, a letter or digit first)
            switch:create                            ! switch:create: NAME is missing (expected: switch:create NAME [OPTION..]); switch:create --help says more
            switch:create a b                        ! switch:create: unexpected "b" (expected: switch:create NAME [OPTION..]); switch:create --help says more
            switch:create a --engin flood            ! switch:create: unknown option --engin; nearest is --engine (expected: switch:create NAME [OPTION..]); switch:create --help says more
            switch:create a --engine                 ! switch:create: --engine ENGINE: its value is missing (expected: switch:create NAME [OPTION..]); switch:create --help says more
            switch:create a --plan --plan            ! switch:create: --plan is given twice (expected: switch:create NAME [OPTION..]); switch:create --help says more
            switch:create a --plan=1                 ! switch:create: --plan takes no value (expected: switch:create NAME [OPTION..]); switch:create --help says more
            switch:remove nope                       ! switch: nope (expected: one of sw1, sw2); switch:list shows them, switch:create makes one
            switch:show nope                         ! switch: nope (expected: one of sw1, sw2); switch:list shows them, switch:create makes one
            switch:limit nope --flows 5              ! switch: nope (expected: one of sw1, sw2); switch:list shows them, switch:create makes one
            switch:limit sw1 --flows 0               ! --flows: 0 (expected: 1..1000000)
            switch:limit sw1 --port-masks many       ! --port-masks: many (expected: 2..32)
            switch:limit sw1 --plan                  ! switch:limit: nothing to set (expected: one or more of --flows, --port-flows, --port-masks, --port-rows, --port-misses, --port-burst, --moves, --drain-ms)
            port:list nope                           ! switch: nope (expected: one of sw1, sw2); switch:list shows them, switch:create makes one
            port:show sw1 nope                       ! port: nope (expected: one of web1, up1); port:list sw1 shows them
            port:add sw1 web1 --sim                  ! port: web1 (expected: a name that is not in use yet in switch sw1)
            port:add sw1 p                           ! port:add: no attachment (expected: exactly one of --netdev DEVICE, --tap NAME, --dgram LOCAL PEER, --stream ADDRESS, --stream-to ADDRESS, --udp-multicast GROUP:PORT, --vxlan REMOTE, --sim)
            port:add sw1 p --sim --tap t             ! port:add: 2 attachments (expected: exactly one of --netdev DEVICE, --tap NAME, --dgram LOCAL PEER, --stream ADDRESS, --stream-to ADDRESS, --udp-multicast GROUP:PORT, --vxlan REMOTE, --sim)
            port:add sw1 p --dgram /run/p --access 1 ! port:add: --dgram LOCAL PEER: its value is missing (expected: port:add SWITCH NAME [OPTION..]); port:add --help says more
            port:add sw1 p --stream '/run/p q/'      ! stream: /run/p q/ (expected: an address without blanks, at most 255 characters)
            port:add sw1 p --sim --vni 7             ! port:add: --vni without --vxlan (expected: --vxlan REMOTE --vni N)
            port:add sw1 p --vxlan 192.0.2.7         ! port:add: --vxlan without --vni (expected: --vxlan REMOTE --vni N)
            port:add sw1 p --vxlan 192.0.2.7 --vni 16777216 ! vni: 16777216 (expected: 0..16777215)
            port:add sw1 p --vxlan 192.0.2.7 --vni -1 ! vni: -1 (expected: 0..16777215)
            port:add sw1 p --sim --local 192.0.2.7   ! port:add: --local (expected: with --vxlan or --udp-multicast only)
            port:add sw1 p --sim --access 4095       ! vlan: 4095 (expected: 1..4094)
            port:add sw1 p --sim --access ten        ! vlan: ten (expected: 1..4094)
            port:add sw1 p --sim --trunk 10,         ! vlan: (empty) (expected: 1..4094, low-high, or all alone)
            port:add sw1 p --sim --trunk 5,20-10     ! vlan: 20-10 (expected: low-high)
            port:add sw1 p --sim --access 1 --trunk 2! vlan: --access 1 and --trunk 2 (expected: one of them)
            port:add sw1 p --sim --native 1          ! --native: 1 (expected: --trunk with it); an access port has its VLAN from --access
            port:add sw1 p --sim --service           ! --service: no VLAN (expected: --access or --trunk with it)
            port:set sw1 web1 --service --mirror     ! --service: no VLAN (expected: --access or --trunk with it)
            port:set sw1 web1                        ! port:set: nothing to set (expected: --access VLAN, or --trunk VLANS [--native VLAN], or --mirror, or --fast auto|on|off)
            port:set sw1 web1 --fast often           ! fast: often (expected: auto, on or off)
            port:set sw1 web1 --fast off             ! fast: off (expected: with --netdev only; a sim has one way)
            port:add sw1 p --sim --queues 2          ! queues: 2 (expected: with --tap only; a sim has its own)
            port:add sw1 p --tap t --queues 257      ! queues: 257 (expected: 1..256)
            filter:add web1 count                    ! port: web1 (expected: SWITCH/PORT, since sw1 and sw2 have one of this name)
            filter:add nope count                    ! port: nope (expected: a port of this host); port:list shows them
            filter:add up1 count --slot 17           ! slot: 17 (expected: 1..16)
            filter:add up1 count --slot x            ! slot: x (expected: 1..16)
            filter:add up1 count --fail maybe        ! --fail: maybe (expected: open or closed)
            filter:remove up1 1                      ! slot: 1 (expected: a slot of port up1 with a filter in it); filter:list shows them
            engine:swap sw1 flood@                   ! engine: flood@ (expected: NAME or NAME@VERSION, the name 1 to 32 of a-z 0-9 - . and a letter first)
            engine:swap sw1 flood --confirm-within 1 ! duration: 1 (expected: a number and a unit of ms, s, m, h, d, as in 10s)
            engine:swap sw1 flood --confirm-within 2d! --confirm-within: 2d (expected: 1s..1d)
            engine:confirm sw1                       ! engine: learning of switch sw1 is final (expected: a swap that waits); engine:swap with --confirm-within makes one
            engine:back nope                         ! switch: nope (expected: one of sw1, sw2); switch:list shows them, switch:create makes one
            filter:swap up1 17 count                 ! slot: 17 (expected: 1..16)
            filter:swap up1 1 count                  ! slot: 1 (expected: a slot of port up1 with a filter in it); filter:list shows them
            filter:back up1 1                        ! slot: 1 (expected: a slot of port up1 with a filter in it); filter:list shows them
            flow:show sw1 x                          ! flow: x (expected: 0..)
            flow:show sw1 9                          ! flow: 9 (expected: an installed flow of switch sw1); flow:list sw1 shows them
            flow:trace sw1 'eth()'                   ! flow:trace: --in PORT is missing (expected: flow:trace SWITCH --in PORT FRAME); flow:trace --help says more
            port:list a b                            ! port:list: unexpected "b" (expected: port:list [SWITCH]); port:list --help says more
            felix:start                              ! felix:start: BUNDLE is missing (expected: felix:start BUNDLE.. [OPTION..]); felix:start --help says more
            table:put sw1 fdb vlan port=web1         ! key: vlan (expected: name=value, as in vlan=10,mac=02:00:00:00:00:01); table:show lists the names
            table:put sw1 fdb vlan=1,vlan=2 port=1   ! key: vlan=1,vlan=2 (expected: vlan only once)
            clock:warp sw1 10                        ! duration: 10 (expected: a number and a unit of ms, s, m, h, d, as in 10s)
            exit                                     ! exit: no interactive console (expected: vnet> prompt); ./vnet down stops a host in the background
            list                                     ! command: list (expected: with its scope, one of switch:list, port:list, engine:list, filter:list, flow:list, table:list, rule:list, drops:list, counter:list, datapath:list)
            port                                     ! command: port (expected: one of port:add, port:list, port:remove, port:set, port:show)
            port:lst                                 ! command: port:lst is unknown; nearest is port:list; help lists the commands
            frobnicate                               ! command: frobnicate is unknown; help lists the commands
            help swich                               ! command: swich is unknown; help lists the commands
            switch:list > file                       ! redirection: not in this console; use ./vnet sh 'COMMAND' > FILE
            host:events                              ! host:events: failed with IllegalStateException: events are broken; the log has the details
            """)
    void refusesInOneLine(String command, String message) {
        String before = console.run("config:show");
        assertEquals(message + "\n", console.run(command));
        assertFalse(console.succeeded());
        assertEquals(before, console.run("config:show"));
    }

    @Test
    void refusesAnIncompleteLine() {
        String output = console.run("switch:create 'a");
        assertFalse(console.succeeded());
        assertTrue(output.startsWith("syntax: "), output);
        assertEquals(1, output.lines().count());
    }

    @Test
    void optionsStandAnywhere() {
        String expected = "+ port:add sw1 p --sim --access 7\nplanned only: nothing was changed\n";
        assertEquals(expected, console.run("port:add --plan sw1 --access 7 p --sim"));
        assertEquals(expected, console.run("port:add sw1 p --access=7 --sim --plan"));
        assertEquals(expected, console.run("port:add --access 7 --sim --plan -- sw1 p"));
        assertEquals("- port:add sw2 web1 --sim --access 1\nplanned only: nothing was changed\n", console.run("port:remove --plan -- sw2 web1"));
    }

    @Test
    void anOptionOfTwoWordsTakesBothAndNoOtherPortHasTheirPlaces() {
        String expected = "+ port:add sw1 p --dgram /run/p /run/vm --access 1\nplanned only: nothing was changed\n";
        assertEquals(expected, console.run("port:add sw1 --dgram /run/p /run/vm p --plan"));
        assertEquals(expected, console.run("port:add sw1 p '--dgram=/run/p /run/vm' --plan"));
        console.run("port:add sw1 p --dgram /run/p /run/vm");
        assertEquals("dgram: /run/q /run/vm (expected: one that is not in use; it is port p of switch sw1)\n", console.run("port:add sw2 q --dgram /run/q /run/vm"));
        assertEquals("dgram: /run/p /run/q (expected: one that is not in use; it is port p of switch sw1)\n", console.run("port:add sw2 q --dgram /run/p /run/q"));
        // The other end of the same cable.
        console.run("port:add sw2 q --dgram /run/vm /run/p");
        assertTrue(console.succeeded());
    }

    @Test
    void tunnelsAreToldApartByRemoteAndNumberAndASwitchIsInAGroupOnce() {
        String tunnel = "port:add sw1 t --vxlan 192.0.2.7 --vni 7 --local 192.0.2.1";
        assertEquals("+ " + tunnel + " --access 1\nplanned only: nothing was changed\n", console.run(tunnel + " --plan"));
        console.run(tunnel);
        assertEquals("vxlan: 192.0.2.7 vni 7 (expected: one that is not in use; it is port t of switch sw1)\n", console.run("port:add sw2 t --vxlan 192.0.2.7 --vni 7"));
        console.run("port:add sw2 t --vxlan 192.0.2.7 --vni 8");
        assertTrue(console.succeeded());
        console.run("port:add sw1 g --udp-multicast 230.0.0.1:1234");
        console.run("port:add sw2 g --udp-multicast 230.0.0.1:1234 --local 127.0.0.1");
        assertTrue(console.succeeded());
        assertEquals("udp-multicast: 230.0.0.1:1234 (expected: one that is not in use; it is port g of switch sw1)\n", console.run("port:add sw1 h --udp-multicast 230.0.0.1:1234"));
    }

    @Test
    void everyConfigurationCommandPlansWithoutChanging() {
        String before = console.run("config:show");
        for (String command : new String[] {"switch:create a", "switch:remove sw1", "port:add sw1 p --sim", "port:set sw1 web1 --access 9", "port:set sw1 web1 --fast auto", "port:remove sw1 web1",
            "engine:swap sw1 flood", "filter:add up1 count", "table:put sw1 fdb vlan=10,mac=02:00:00:00:00:01 port=web1"}) {
            String output = console.run(command + " --plan");
            assertTrue(console.succeeded(), output);
            assertTrue(output.endsWith("planned only: nothing was changed\n"), output);
        }
        assertEquals(before, console.run("config:show"));
    }

    @Test
    void configurationIsShownAsTheCommandsThatMakeIt() {
        console.run("filter:add up1 count --fail open");
        console.run("table:put sw1 fdb mac=02:00:00:00:00:01,vlan=10 port=web1,fixed=true");
        console.run("port:add sw2 isp --sim --trunk 100,200 --service");
        console.run("port:add sw2 vm7 --tap vm7 --queues 2 --access 10; port:add sw2 web7 --netdev web7h --access 10; port:set sw2 web7 --fast off");
        String shown = console.run("config:show");
        assertEquals("""
                switch:create sw1 --engine learning --datapath sim
                port:add sw1 web1 --sim --access 10
                port:add sw1 up1 --sim --trunk 1,10,20 --native 1
                filter:add sw1/up1 count --slot 1 --fail open
                table:put sw1 fdb mac=02:00:00:00:00:01,vlan=10 fixed=true,port=web1
                switch:create sw2 --engine learning --datapath sim
                port:add sw2 web1 --sim --access 1
                port:add sw2 isp --sim --trunk 100,200 --service
                port:add sw2 vm7 --tap vm7 --access 10 --queues 2
                port:add sw2 web7 --netdev web7h --access 10 --fast off
                """, shown);
        try (TestConsole second = TestConsole.after(shown.split("\n"))) {
            assertEquals(shown, second.run("config:show"));
        }
    }

    @Test
    void vlansOfATrunkAreTypedAndShownAsRanges() {
        String changed = console.run("port:set sw1 up1 --trunk 10,20-29,30 --native 1");
        assertTrue(changed.contains("+ port:add sw1 up1 --sim --trunk 1,10,20-30 --native 1\n"), changed);
        console.run("port:set sw1 up1 --trunk all");
        assertTrue(console.run("config:show").contains("port:add sw1 up1 --sim --trunk all\n"));
        assertTrue(console.run("port:list sw1").contains("  trunk all  "));
        assertTrue(console.run("config:show --json").contains("\"allowed\" : \"all\""));
    }

    @Test
    void aRowThatAnEngineWroteGoesWithAWarning() {
        String row = "sw1 fdb vlan=10,mac=02:00:00:00:00:01";
        assertEquals("- row fdb mac=02:00:00:00:00:01,vlan=10 of sw1\nwarning: an engine or a filter wrote this row, and may write it again\n", console.run("table:remove " + row));
        assertTrue(console.succeeded());
        assertTrue(console.run("table:remove --plan " + row).endsWith("planned only: nothing was changed\n"));
        assertEquals("row: mac=02:00:00:00:00:02,vlan=10 (expected: the key of a row of table fdb/1); table:show lists them\n",
                console.run("table:remove sw1 fdb vlan=10,mac=02:00:00:00:00:02"));
        assertFalse(console.succeeded());
        console.run("table:put " + row + " port=web1,fixed=true");
        assertTrue(console.run("table:remove " + row).startsWith("- table:put sw1 fdb"));
    }

    @Test
    void rulesAreListedInTheOrderInWhichTheyAreAsked() {
        assertEquals("""
                table              priority  id  match              rule         owner     flows
                com.acme.policy/1        20   1  ip_dst=10.0.0.0/8  allow=true   com.acme      2
                other/1                   0   7  any                allow=false  other         0
                """, console.run("rule:list sw1"));
        assertEquals(2, console.run("rule:list sw1 com.acme.policy").lines().count());
        assertEquals("none\n", console.run("rule:list sw1 com.acme"));
    }

    @Test
    void componentsWithCommasInBracketsAreOne() {
        console.run("table:put sw1 policy 'id=1' 'ports=[web1 up1],net=(address=10.0.0.1,length=8)'");
        assertTrue(console.run("config:show").contains("table:put sw1 policy id=1 'net=(address=10.0.0.1,length=8),ports=[web1 up1]'\n"), console.run("config:show"));
    }

    @Test
    void printsTheResultOfEachCommandOfALine() {
        assertEquals("clock  5s\nclock  10s\n", console.run("clock:warp sw1 5s; clock:warp sw1 5s"));
        assertEquals("vlan: 0 (expected: 1..4094)\n", console.run("port:set sw1 web1 --access 0; clock:show sw1"));
    }

    @Test
    void aSwitchThatHangsStandsInTheListsOfAll() {
        console.host.hung.put("sw1", "hung 12s in engine x");
        List<String> ports = console.run("port:list").lines().skip(1).toList();
        assertTrue(ports.stream().anyMatch(l -> l.startsWith("sw1 ") && l.endsWith("hung 12s in engine x")), ports::toString);
        assertTrue(ports.stream().anyMatch(l -> l.startsWith("sw2 ") && l.contains("web1")), ports::toString);
        assertTrue(console.run("drops:list").contains("hung 12s in engine x"));
        assertTrue(console.run("counter:list", true).contains("hung 12s in engine x"));
    }

    @Test
    void aLongListSaysWhatItDoesNotShow() {
        String first = console.run("flow:list sw1 --limit 1");
        assertTrue(first.endsWith("\n1 of 2 shown; --from 1 shows more, --limit N that many at once\n"), first);
        String last = console.run("flow:list sw1 --from 1");
        assertTrue(last.endsWith("\n1 of 2 shown, after the first 1\n"), last);
        assertFalse(console.run("flow:list sw1").contains("shown"));
        assertEquals("--limit: 0 (expected: 1..)\n", console.run("flow:list sw1 --limit 0"));
        assertEquals("--from: x (expected: 0..)\n", console.run("table:show sw1 fdb --from x"));
        assertTrue(console.run("flow:list sw1", true).contains("\"total\" : 2"));
    }

    @Test
    void pipesTextToGrep() {
        assertEquals("sw2     web1   1  sim web1    access 1                up    -              10     8        1        2\n", console.run("port:list | grep sw2"));
        assertEquals("switch: x (expected: one of sw1, sw2); switch:list shows them, switch:create makes one\n", console.run("port:list x | grep sw2"));
        assertFalse(console.succeeded());
    }

    @Test
    void framesAreTypedAndShownInOneNotation() {
        console.run("packet:inject sw1 web1 'eth(src=02:00:00:00:00:01,dst=02:00:00:00:00:02) ipv4(src=10.0.0.1,dst=10.0.0.2) udp(src=1000,dst=53)'");
        assertTrue(console.succeeded());
        String shown = console.run("packet:capture sw1 web1");
        assertTrue(shown.contains("dst=53"), shown);
        assertTrue(console.run("packet:inject sw1 web1 'eth(nonsense=1)'").startsWith("eth"));
        assertFalse(console.succeeded());
    }

    @Test
    void wordsAreNotTakenForGogosOwnSyntax() {
        assertTrue(console.run("switch:create 10").contains("10"));
        assertTrue(console.succeeded());
        assertTrue(console.run("port:add 10 true --sim; port:show 10 true").contains("sim true"));
        assertEquals("switch: * (expected: one of sw1, sw2, 10); switch:list shows them, switch:create makes one\n", console.run("switch:show *"));
    }

    @Test
    void helpTellsTheWordsOfACommand() {
        assertEquals("""
                port:set SWITCH PORT [--access VLAN] [--trunk VLANS] [--native VLAN] [--service] [--mirror] [--fast auto|on|off] [--plan]
                Puts a port into other VLANs, or says which way frames go to the station behind it. Its flows are decided again; nothing is flushed.
                  SWITCH              the switch
                  PORT                the port
                  --access VLAN       untagged frames only, in this VLAN
                  --trunk VLANS       tagged frames of these VLANs, as in 10,20-30, or all
                  --native VLAN       with --trunk: untagged frames too, in this VLAN
                  --service           its tags are service tags (IEEE 802.1ad); customer tags are payload
                  --mirror            in no VLAN: it takes mirrored copies, and nothing else
                  --fast auto|on|off  whether frames go to a veth's station around the device: auto while nothing looks there, on always, off never
                  --plan              print the difference and change nothing
                example: port:set sw1 web1 --trunk 10,20 --native 1
                """, console.run("help port:set"));
        assertEquals(console.run("help port:set"), console.run("port:set --help"));
        assertEquals(1 + 5, console.run("help port").lines().count());
        assertEquals(1 + console.commands.all().size(), console.run("help").lines().count());
    }

    @Test
    void atATerminalTablesFoldAndLinesBreakBetweenWords() {
        console.width = 60;
        for (String command : new String[] {"flow:list sw1", "port:list", "help", "help port:add", "switch:list", "flow:show sw1 1", "port:add sw1", "port:add sw1 p", "table:list sw1"}) {
            String printed = console.run(command);
            assertTrue(printed.lines().allMatch(l -> l.length() <= 60), command + "\n" + printed);
        }
        assertTrue(console.run("config:show").contains("port:add sw1 up1 --sim --trunk 1,10,20 --native 1\n"));
        String list = console.run("flow:list sw1");
        console.width = 0;
        assertEquals(3, console.run("flow:list sw1").lines().count(), list);
    }

    /** Gogo itself would call its method by a name with an underscore. */
    @Test
    void aFunctionThatIsAJavaKeywordIsTypedAsItIsShown() {
        assertEquals("~ table fdb/1 of sw1: 1 rows are new, 0 are others, 0 are as they were\n", console.run("table:import sw1 fdb /tmp/rows.jsonl"));
        assertTrue(console.run("help table").contains("table:import"));
        assertTrue(console.commands.all().stream().noneMatch(c -> c.name().contains("_")));
    }

    /** All that the kernel takes in a device's name, but for control characters; at its begin, in it and at its end. */
    @Test
    void whatIsShownOfADeviceOfAnyNameCanBeTypedAgain() {
        String all = java.util.stream.IntStream.rangeClosed('!', '~').filter(c -> c != '/').mapToObj(Character::toString).collect(java.util.stream.Collectors.joining()) + "üß€日🦆\u0301";
        all.codePoints().mapToObj(Character::toString).flatMap(c -> java.util.stream.Stream.of(c + "eth", "a" + c + "b", "eth" + c)).forEach(device -> {
            try (TestConsole console = TestConsole.after("switch:create sw1"); TestConsole second = new TestConsole()) {
                console.host.apply(org.vnetwork.control.Edits.addPort("sw1", "u1", "netdev", device, org.vnetwork.model.PortVlan.access(1)));
                String shown = console.run("config:show");
                shown.lines().forEach(line -> assertEquals("", second.run(line).lines().filter(l -> !l.startsWith("+")).collect(java.util.stream.Collectors.joining()), line));
                assertEquals(shown, second.run("config:show"));
                assertEquals(device, second.host.current().need("sw1").need("u1").device());
            }
        });
    }

    @Test
    void whatASwitchDoesWithoutItsEngineIsSetAndShown() {
        try (TestConsole console = TestConsole.after("switch:create sw1 --fail open", "switch:create sw2")) {
            assertEquals("switch:create sw1 --engine learning --datapath sim --fail open\nswitch:create sw2 --engine learning --datapath sim\n", console.run("config:show"));
            console.run("switch:set sw1 --fail closed; switch:set sw2 --fail open");
            assertEquals("switch:create sw1 --engine learning --datapath sim\nswitch:create sw2 --engine learning --datapath sim --fail open\n", console.run("config:show"));
            assertEquals("switch:set: nothing to set (expected: --fail open or --fail closed)\n", console.run("switch:set sw1"));
            assertEquals("--fail: shut (expected: open or closed)\n", console.run("switch:set sw1 --fail shut"));
        }
    }
}
