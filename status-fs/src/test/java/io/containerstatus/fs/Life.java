package io.containerstatus.fs;

import io.containerstatus.NotWrittenException;
import io.containerstatus.Status;
import io.containerstatus.testing.PowerCutFileSystem;
import java.util.Set;

/** What happens to containers, and what that allows a crash to leave; looks after every operation on the disk. */
final class Life {
    private final PowerCutFileSystem disk;
    private final Ledger ledger;
    private final Writer writer;
    private final Looking looking;

    /** Looks at what a crash would leave now. */
    @FunctionalInterface
    interface Looking {
        void look(String when);

        /** Looks at what is there although there was no crash. */
        default void acknowledged(String id) {}
    }

    /** An operation of a writer. */
    private interface Step {
        void run() throws Exception;
    }

    Life(PowerCutFileSystem disk, Ledger ledger, Writer writer, Looking looking) {
        this.disk = disk;
        this.ledger = ledger;
        this.writer = writer;
        this.looking = looking;
        disk.observer = (operation, path) -> looking.look("after " + operation + " " + path);
    }

    boolean open() {
        return tried(writer::open);
    }

    boolean create(String id, Status status) {
        return change(id, Samples.text(status), () -> writer.create(id, status));
    }

    /** Returns whether it was acknowledged; the next one may then be tried. */
    boolean write(String id, Status status) {
        return change(id, Samples.text(status), () -> writer.write(id, status));
    }

    boolean delete(String id) {
        return change(id, ledger.afterDeletion(id), () -> writer.delete(id));
    }

    private boolean change(String id, String content, Step step) {
        Set<String> before = ledger.of(id);
        ledger.begins(id, content);
        try {
            step.run();
        } catch (NotWrittenException e) {
            ledger.restore(id, before);
            looking.look("after " + e.getMessage());
            return false;
        } catch (Exception e) {
            looking.look("after " + e.getMessage());
            return false;
        }
        ledger.acknowledged(id, content, before);
        looking.look("once acknowledged");
        looking.acknowledged(id);
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
