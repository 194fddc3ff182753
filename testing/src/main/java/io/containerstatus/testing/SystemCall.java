package io.containerstatus.testing;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One system call of a traced thread.
 *
 * @param name the kernel's name of the call
 * @param ordinal the position among all traced calls of the thread with this name, from 1
 * @param changes whether the call changes what other processes see, or makes something durable
 * @param text the name and the paths under the root, without parts that differ from run to run
 */
public record SystemCall(String name, int ordinal, boolean changes, String text) {
    private static final Pattern NAME = Pattern.compile("(\\w+)\\(.*");
    private static final Pattern CHANGING_CALL =
            Pattern.compile("(mkdir|rmdir|unlink|rename|link|symlink|p?write|fsync|fdatasync|ftruncate)\\w*\\(");
    private static final Pattern CHANGING_PART = Pattern.compile("(status\\.corrupt-)[0-9TZ.]+");

    /** Returns the calls of a trace that name the root or something below it, in order. */
    public static List<SystemCall> under(Path root, List<String> trace) {
        return under(root, trace, line -> true);
    }

    private static List<SystemCall> under(Path root, List<String> trace, Predicate<String> which) {
        Map<String, Integer> counts = new HashMap<>();
        List<SystemCall> calls = new ArrayList<>();
        for (String line : trace) {
            Matcher name = NAME.matcher(line);
            if (name.matches()) {
                int ordinal = counts.merge(name.group(1), 1, Integer::sum);
                if (line.contains(root.toString()) && which.test(line)) {
                    calls.add(new SystemCall(name.group(1), ordinal, changes(line), text(root, name.group(1), line)));
                }
            }
        }
        return calls;
    }

    /**
     * Returns the calls of a trace under the root that strace has answered itself, so that the kernel did not
     * perform them.
     */
    public static List<SystemCall> injected(Path root, List<String> trace) {
        return under(root, trace, line -> line.endsWith("(INJECTED)"));
    }

    /** Returns the option that makes strace inject something into this call. */
    public String inject(String what) {
        return "inject=" + name + ":" + what + ":when=" + ordinal;
    }

    private static boolean changes(String line) {
        return line.contains("O_CREAT") || CHANGING_CALL.matcher(line).lookingAt();
    }

    private static String text(Path root, String name, String line) {
        Matcher path =
                Pattern.compile(Pattern.quote(root.toString()) + "([^\"<>]*)").matcher(line);
        StringBuilder text = new StringBuilder(name);
        while (path.find()) {
            String below = CHANGING_PART.matcher(path.group(1)).replaceAll("$1*");
            String last = " <root>" + below;
            if (!text.toString().endsWith(last)) {
                text.append(last);
            }
        }
        return text.toString();
    }
}
