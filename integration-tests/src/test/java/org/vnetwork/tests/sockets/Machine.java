package org.vnetwork.tests.sockets;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.vnetwork.tests.Product;
import org.vnetwork.tests.Vnet;
import org.vnetwork.tests.kernel.Command;

/** Where examples are done: a folder in which {@code ./vnet} is one host, on this machine or in a namespace that stands for another one. */
final class Machine implements Closeable {
    private final Path folder;
    private final String host;
    private final Optional<String> space;

    private Machine(Path folder, String host, Optional<String> space) throws IOException {
        this.folder = Files.createDirectories(folder);
        this.host = host;
        this.space = space;
        Files.writeString(folder.resolve("vnet"), "#!/bin/bash\n[ $1 != up ] || set -- \"$@\" --data " + folder.resolve("data") + "\n"
                + "exec '" + Product.ROOT.resolve("vnet") + "' \"$1\" --name " + host + " \"${@:2}\"\n");
        Files.setPosixFilePermissions(folder.resolve("vnet"), PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** This one. */
    static Machine here(Path folder, String host) throws IOException {
        return new Machine(folder, host, Optional.empty());
    }

    /** A namespace, named as the host in it, whose programs and hosts end with it. */
    static Machine apart(Path folder, String host) throws IOException {
        Command.run("ip", "netns", "add", host);
        Machine made = null;
        try {
            made = new Machine(folder, host, Optional.of(host));
            Command.run("ip", "-n", host, "link", "set", "lo", "up");
            return made;
        } finally {
            if (made == null) {
                Command.run("ip", "netns", "delete", host);
            }
        }
    }

    /** The namespace; only of one that is apart. */
    String space() {
        return space.orElseThrow();
    }

    Path folder() {
        return folder;
    }

    /** Runs a script up to its first failure. What says where programs keep their files says this folder. */
    Vnet.Answer bash(String script) throws IOException {
        Path file = Files.writeString(folder.resolve("example"), script);
        List<String> command = new ArrayList<>(List.of("bash", "-e", file.toString()));
        space.ifPresent(name -> command.addAll(0, List.of("ip", "netns", "exec", name)));
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().put("CONTAINERS_CONF", folder.resolve("containers.conf").toString());
        for (String variable : List.of("OVS_RUNDIR", "OVS_LOGDIR", "OVS_DBDIR", "OVS_SYSCONFDIR")) {
            builder.environment().put(variable, folder.toString());
        }
        return Vnet.answer(builder);
    }

    /** What a script prints; fails when it fails. */
    String run(String script) throws IOException {
        Vnet.Answer answer = bash(script);
        assertEquals(0, answer.status(), () -> script + "\n" + answer.text());
        return answer.text();
    }

    /** Stops the host; of a machine apart, nothing is left. */
    @Override
    public void close() throws IOException {
        try {
            Vnet.answer("down", "--name", host);
        } finally {
            if (space.isPresent()) {
                for (String pid : Command.run("ip", "netns", "pids", host).lines().toList()) {
                    ProcessHandle.of(Long.parseLong(pid)).ifPresent(Machine::end);
                }
                Command.run("ip", "netns", "delete", host);
            }
        }
    }

    /** Ends a process, at once if it does not by itself. */
    static void end(ProcessHandle process) {
        process.destroy();
        process.onExit().completeOnTimeout(process, 10, TimeUnit.SECONDS).join();
        process.destroyForcibly();
        process.onExit().join();
    }
}
