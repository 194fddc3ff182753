package io.containerstatus.reactive;

import io.containerstatus.Status;
import io.containerstatus.spi.StatusCheckpoints;
import org.reactivestreams.Publisher;

/** An adapter in front of another one, for tests that change one of its answers. */
class DelegatingCheckpoints implements StatusCheckpoints {
    private final StatusCheckpoints behind;

    DelegatingCheckpoints(StatusCheckpoints behind) {
        this.behind = behind;
    }

    @Override
    public Publisher<Opened> open() {
        return behind.open();
    }

    @Override
    public Publisher<Void> create(String id, Status status) {
        return behind.create(id, status);
    }

    @Override
    public void requireStorable(String id, Status status) {
        behind.requireStorable(id, status);
    }

    @Override
    public Access access() {
        return behind.access();
    }

    @Override
    public Publisher<Void> write(String id, Status status) {
        return behind.write(id, status);
    }

    @Override
    public Publisher<Void> delete(String id) {
        return behind.delete(id);
    }

    @Override
    public Publisher<Void> close() {
        return behind.close();
    }
}
