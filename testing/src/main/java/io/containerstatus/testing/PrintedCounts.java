package io.containerstatus.testing;

import org.junit.platform.engine.reporting.ReportEntry;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;

/**
 * Prints the counts that tests report, such as the number of states that they checked, if
 * {@code -Dstatus.counts} is set. The tests themselves check that no count is too small.
 */
public final class PrintedCounts implements TestExecutionListener {
    private static final boolean WANTED = System.getProperty("status.counts") != null;

    /** Prints the counts if {@code -Dstatus.counts} is set. */
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
