package io.containerstatus.benchmarks;

import io.containerstatus.benchmarks.report.Profile.Share;
import io.containerstatus.benchmarks.report.Profile.Table;
import java.lang.management.ManagementFactory;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.ObjectName;

/** The live objects by class. The virtual machine counts them after a collection; they are not estimated. */
final class HeapUse {
    /** Matches a line such as {@code 1: 12345 1234567 java.lang.String (java.base@17)}. */
    private static final Pattern LINE = Pattern.compile("^\\s*\\d+:\\s+(\\d+)\\s+(\\d+)\\s+(\\S+)", Pattern.MULTILINE);

    private static final int SHOWN = 14;
    private static final Map<String, String> ARRAYS =
            Map.of("[B", "byte[]", "[I", "int[]", "[J", "long[]", "[C", "char[]");

    private final Map<String, Long> bytesByClass = new LinkedHashMap<>();

    private HeapUse() {}

    static HeapUse now() throws JMException {
        String histogram = (String) ManagementFactory.getPlatformMBeanServer()
                .invoke(
                        new ObjectName("com.sun.management:type=DiagnosticCommand"),
                        "gcClassHistogram",
                        new Object[] {new String[0]},
                        new String[] {String[].class.getName()});
        HeapUse use = new HeapUse();
        Matcher line = LINE.matcher(histogram);
        while (line.find()) {
            use.bytesByClass.merge(line.group(3), Long.parseLong(line.group(2)), Long::sum);
        }
        return use;
    }

    private long bytes() {
        return bytesByClass.values().stream().mapToLong(bytes -> bytes).sum();
    }

    /** Returns how many bytes more there are than before, divided by {@code each}. */
    double moreThan(HeapUse before, int each) {
        return (double) (bytes() - before.bytes()) / each;
    }

    /** Returns the classes with more bytes than before, with the difference divided by {@code each}. */
    Table growth(String title, HeapUse before, int each) {
        return new Table(
                title,
                bytesByClass.entrySet().stream()
                        .map(now -> Map.entry(
                                now.getKey(),
                                (double) (now.getValue() - before.bytesByClass.getOrDefault(now.getKey(), 0L)) / each))
                        .filter(growth -> growth.getValue() >= 0.5)
                        .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                        .limit(SHOWN)
                        .map(growth -> new Share(
                                ARRAYS.getOrDefault(growth.getKey(), growth.getKey()),
                                String.format(Locale.ROOT, "%.1f bytes", growth.getValue())))
                        .toList());
    }
}
