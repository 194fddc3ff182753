package io.containerstatus.testing;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One call of a traced thread.
 *
 * @param name the kernel's name of it
 * @param ordinal the how manieth of this name, from 1, among all traced calls of the thread
 * @param text the name and the paths under the root, without what differs from run to run
 */
public record SystemCall(String name, int ordinal, String text) {
    private static final Pattern NAME = Pattern.compile("(\\w+)\\(.*");
    private static final Pattern HEX = Pattern.compile("\\.tmp-status-[0-9a-f]{16}");

    /** Returns the calls of a trace that name the root or something under it, in order. */
    public static List<SystemCall> under(Path root, List<String> trace) {
        Map<String, Integer> counts = new HashMap<>();
        List<SystemCall> calls = new ArrayList<>();
        for (String line : trace) {
            Matcher name = NAME.matcher(line);
            if (name.matches()) {
                int ordinal = counts.merge(name.group(1), 1, Integer::sum);
                if (line.contains(root.toString())) {
                    calls.add(new SystemCall(name.group(1), ordinal, text(root, name.group(1), line)));
                }
            }
        }
        return calls;
    }

    /** Returns the option with which strace lets something happen in this call. */
    public String inject(String what) {
        return "inject=" + name + ":" + what + ":when=" + ordinal;
    }

    private static String text(Path root, String name, String line) {
        Matcher path = Pattern.compile(Pattern.quote(root.toString()) + "([^\"<>]*)").matcher(line);
        StringBuilder text = new StringBuilder(name);
        while (path.find()) {
            String below = HEX.matcher(path.group(1)).replaceAll(".tmp-status-*");
            String last = " <root>" + below;
            if (!text.toString().endsWith(last)) {
                text.append(last);
            }
        }
        return text.toString();
    }
}
