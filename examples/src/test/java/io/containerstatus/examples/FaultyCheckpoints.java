package io.containerstatus.examples;

import io.containerstatus.Status;
import io.containerstatus.fs.FileCheckpoints;
import io.containerstatus.spi.StatusCheckpoints;
import org.reactivestreams.Publisher;

/** Files, and whatever a subclass does to them. */
class FaultyCheckpoints implements StatusCheckpoints {
    private final FileCheckpoints files;

    FaultyCheckpoints(FileCheckpoints files) {
        this.files = files;
    }

    @Override
    public Publisher<Opened> open() {
        return files.open();
    }

    @Override
    public Publisher<Void> write(String id, Status status) {
        return files.write(id, status);
    }

    @Override
    public Publisher<Void> delete(String id) {
        return files.delete(id);
    }

    @Override
    public Publisher<Void> close() {
        return files.close();
    }
}
