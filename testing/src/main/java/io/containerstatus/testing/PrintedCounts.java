package io.containerstatus.testing;

import org.junit.platform.engine.reporting.ReportEntry;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;

/**
 * Prints what tests report of themselves, such as how many states they looked at, where {@code -Dstatus.counts} asks for
 * it. They check themselves that none of these is too small.
 */
public final class PrintedCounts implements TestExecutionListener {
    private static final boolean WANTED = System.getProperty("status.counts") != null;

    /** Prints it where it is asked for. */
    public static void print(String counts) {
        if (WANTED) {
            System.out.println("counts: " + counts);
        }
    }

    @Override
    public void reportingEntryPublished(TestIdentifier test, ReportEntry entry) {
        print(test.getLegacyReportingName() + " " + entry.getKeyValuePairs());
    }
}
