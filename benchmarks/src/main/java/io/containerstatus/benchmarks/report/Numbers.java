package io.containerstatus.benchmarks.report;

import java.util.Locale;

/** Formats numbers for a reader. */
final class Numbers {
    private Numbers() {}

    /** Returns at most three digits after the leading zeros, with separators between thousands. */
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

    /** Returns a limit exactly as it was set. */
    static String limit(double value) {
        return value == Math.rint(value) ? String.format(Locale.ROOT, "%,.0f", value) : Double.toString(value);
    }
}
