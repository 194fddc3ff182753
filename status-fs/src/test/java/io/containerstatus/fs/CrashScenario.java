package io.containerstatus.fs;

import io.containerstatus.NotWrittenException;
import io.containerstatus.Status;
import io.containerstatus.testing.PowerCutFileSystem;
import java.util.Set;

/** The changes of containers, and what they allow a crash to leave. Runs checks after every operation on the disk. */
final class CrashScenario {
    private final PowerCutFileSystem disk;
    private final ExpectedFiles expectedFiles;
    private final Writer writer;
    private final Checks checks;

    /** Checks what a crash would leave now. */
    @FunctionalInterface
    interface Checks {
        void check(String when);

        /** Checks the current state, without a crash. */
        default void acknowledged(String id) {}
    }

    /** An operation of a writer. */
    private interface Step {
        void run() throws Exception;
    }

    CrashScenario(PowerCutFileSystem disk, ExpectedFiles expectedFiles, Writer writer, Checks checks) {
        this.disk = disk;
        this.expectedFiles = expectedFiles;
        this.writer = writer;
        this.checks = checks;
        disk.observer = (operation, path) -> checks.check("after " + operation + " " + path);
    }

    boolean open() {
        return tried(writer::open);
    }

    boolean create(String id, Status status) {
        return change(id, Samples.text(status), () -> writer.create(id, status));
    }

    /** Performs a write; returns whether it was acknowledged. */
    boolean write(String id, Status status) {
        return change(id, Samples.text(status), () -> writer.write(id, status));
    }

    boolean delete(String id) {
        return change(id, expectedFiles.afterDeletion(id), () -> writer.delete(id));
    }

    private boolean change(String id, String content, Step step) {
        Set<String> before = expectedFiles.of(id);
        expectedFiles.begins(id, content);
        try {
            step.run();
        } catch (NotWrittenException e) {
            expectedFiles.restore(id, before);
            checks.check("after " + e.getMessage());
            return false;
        } catch (Exception e) {
            checks.check("after " + e.getMessage());
            return false;
        }
        expectedFiles.acknowledged(id, content, before);
        checks.check("once acknowledged");
        checks.acknowledged(id);
        return true;
    }

    private boolean tried(Step step) {
        try {
            step.run();
            return true;
        } catch (Exception e) {
            return false;
        }
    }

    void close() {
        disk.observer = PowerCutFileSystem.Observer.NONE;
        writer.close();
    }
}
