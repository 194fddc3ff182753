package io.containerstatus.benchmarks.report;

import java.util.Locale;

/** Numbers as a reader wants them. */
final class Numbers {
    private Numbers() {}

    /** Returns three digits at the most after the leading zeros, with thousands apart. */
    static String of(double value) {
        double size = Math.abs(value);
        if (size >= 100) {
            return String.format(Locale.ROOT, "%,.0f", value);
        }
        if (size >= 10) {
            return String.format(Locale.ROOT, "%.1f", value);
        }
        return String.format(Locale.ROOT, size >= 0.01 || size == 0 ? "%.2f" : "%.2g", value);
    }

    /** Returns a limit as it was set. */
    static String limit(double value) {
        return value == Math.rint(value) ? String.format(Locale.ROOT, "%,.0f", value) : Double.toString(value);
    }
}
