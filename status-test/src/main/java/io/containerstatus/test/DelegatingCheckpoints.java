package io.containerstatus.test;

import io.containerstatus.Status;
import io.containerstatus.spi.StatusCheckpoints;
import java.util.Objects;
import org.reactivestreams.Publisher;

/**
 * An adapter that delegates to another one. A subclass overrides the calls that it changes, such as the
 * writes of one container. Every other call is passed on unchanged.
 */
public abstract class DelegatingCheckpoints implements StatusCheckpoints {
    private final StatusCheckpoints behind;

    /** Creates an adapter that delegates to this one. */
    protected DelegatingCheckpoints(StatusCheckpoints behind) {
        this.behind = Objects.requireNonNull(behind, "behind");
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
    public Backlog backlog() {
        return behind.backlog();
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
