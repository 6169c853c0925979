package org.vnetwork.shell;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.Collectors;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Function;
import org.vnetwork.shell.command.Does;
import org.vnetwork.shell.command.Kind;
import org.vnetwork.shell.command.Scope;
import org.vnetwork.shell.text.CommandHelp;
import org.vnetwork.shell.text.CommandSummary;
import org.vnetwork.shell.text.Json;
import org.vnetwork.shell.text.JsonText;

/** One command: a method with its declared words, as Gogo calls it. */
final class ConsoleCommand implements Function {
    /** Option of every command: its result as JSON. */
    static final Parameter JSON = new Parameter("--json", Kind.FLAG, "print the result as JSON", true);
    /** Option of every command: its manual. */
    static final Parameter HELP = new Parameter("--help", Kind.FLAG, "print this", true);

    private final Object target;
    private final Method method;
    private final Does does;
    private final List<Parameter> parameters = new ArrayList<>();

    /** The command that a method of a scope's object stands for. */
    ConsoleCommand(Object target, Method method) {
        this.target = target;
        this.method = method;
        this.does = method.getAnnotation(Does.class);
        for (java.lang.reflect.Parameter parameter : method.getParameters()) {
            declare(parameter, parameter.getType());
        }
    }

    private void declare(AnnotatedElement element, Class<?> type) {
        Optional<Parameter> declared = Parameter.of(element, type);
        if (declared.isPresent()) {
            parameters.add(declared.get());
        } else if (type.isRecord()) {
            for (RecordComponent component : type.getRecordComponents()) {
                declare(component, component.getType());
            }
        } else if (type != CommandSession.class) {
            throw new IllegalArgumentException(method + ": " + element + " is neither an argument nor an option");
        }
    }

    /** Gogo's scope of this command. */
    String scope() {
        return target.getClass().getAnnotation(Scope.class).value();
    }

    /** The verb. */
    String function() {
        return named(method);
    }

    /** What a method is called at the console: a word of the Java language has an underscore before it in Java. */
    static String named(Method method) {
        return method.getName().startsWith("_") ? method.getName().substring(1) : method.getName();
    }

    /** The command as it is typed. */
    String name() {
        return scope().equals(Scope.NONE) ? function() : scope() + ":" + function();
    }

    /** Arguments and own options, in the order of help. */
    List<Parameter> parameters() {
        return parameters;
    }

    List<Parameter> arguments() {
        return parameters.stream().filter(p -> !p.isOption()).toList();
    }

    /** All options, those of every command last. */
    List<Parameter> options() {
        List<Parameter> options = new ArrayList<>(parameters.stream().filter(Parameter::isOption).toList());
        options.add(JSON);
        options.add(HELP);
        return options;
    }

    String usage() {
        return name() + parameters.stream().map(p -> " " + p.usage()).collect(Collectors.joining());
    }

    /** The command with the words that it needs, and whether there are more. */
    String shortest() {
        String needed = parameters.stream().filter(p -> !p.optional()).map(p -> " " + p.usage()).collect(Collectors.joining());
        long more = parameters.stream().filter(Parameter::optional).count();
        boolean arguments = parameters.stream().filter(Parameter::optional).noneMatch(Parameter::isOption);
        return more == 0 ? name() + needed : arguments ? usage() : name() + needed + " [OPTION..]";
    }

    CommandSummary summary() {
        int end = does.value().indexOf(". ");
        return new CommandSummary(name(), end < 0 ? does.value() : does.value().substring(0, end + 1));
    }

    CommandHelp help() {
        List<CommandHelp.Word> words = new ArrayList<>();
        arguments().forEach(p -> words.add(new CommandHelp.Word(p.form(), p.help())));
        parameters.stream().filter(Parameter::isOption).forEach(p -> words.add(new CommandHelp.Word(p.form(), p.help())));
        return new CommandHelp(name(), usage(), does.value(), words, does.example());
    }

    @Override
    public Object execute(CommandSession session, List<Object> arguments) throws Exception {
        Words words = new Words(this, arguments.stream().map(String::valueOf).toList());
        if (words.has(HELP)) {
            return help();
        }
        Object[] values = Arrays.stream(method.getParameters()).map(p -> bind(p, p.getType(), words, session)).toArray();
        Callable<Object> work = () -> call(() -> method.invoke(target, values));
        // Those without scope read what stands before a |, by Gogo's own thread.
        Object result = scope().equals(Scope.NONE) ? work.call() : apart(work);
        return words.has(JSON) && result != null ? new JsonText(Json.of(result)) : result;
    }

    /**
     * Runs work on a thread that has nothing of Gogo's.
     *
     * <p>NB: Gogo gives the standard streams of its threads to the session, and of all threads that these start: what a plugin printed on the loop of a
     * switch would come out at the console that once created the switch.
     */
    private Object apart(Callable<Object> work) throws Exception {
        FutureTask<Object> task = new FutureTask<>(work);
        Thread thread = Thread.ofVirtual().name("command-" + name()).inheritInheritableThreadLocals(false).start(task);
        try {
            return task.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause().toString(), e.getCause());
        } catch (InterruptedException e) {
            thread.interrupt();
            throw e;
        }
    }

    private static Object bind(AnnotatedElement element, Class<?> type, Words words, CommandSession session) {
        if (type == CommandSession.class) {
            return session;
        }
        Optional<Parameter> declared = Parameter.of(element, type);
        if (declared.isEmpty()) {
            return group(type, words, session);
        }
        if (declared.get().many()) {
            return words.all(declared.get());
        }
        String value = words.value(declared.get());
        if (type == boolean.class) {
            return value != null;
        }
        return type == Optional.class ? Optional.ofNullable(value) : value;
    }

    private static Object group(Class<?> type, Words words, CommandSession session) {
        RecordComponent[] components = type.getRecordComponents();
        Object[] values = Arrays.stream(components).map(c -> bind(c, c.getType(), words, session)).toArray();
        Constructor<?> constructor = type.getDeclaredConstructors()[0];
        try {
            return call(() -> constructor.newInstance(values));
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(type + " cannot be made", e);
        }
    }

    /** Calls by reflection and lets through what the called one throws. */
    private static Object call(Callable<Object> reflective) throws Exception {
        try {
            return reflective.call();
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof Exception failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause().toString(), e.getCause());
        }
    }
}
